"""Building blocks of neural networks."""

# Generated from the op registry by tools/gen.py: do not edit.

from tensegra._composites.clipping import l2_normalize as l2_normalize
from tensegra._composites.convolution import conv2d as conv2d
from tensegra._composites.embedding import embedding_lookup as embedding_lookup
from tensegra._composites.losses import softmax_cross_entropy_with_logits as softmax_cross_entropy_with_logits
from tensegra._composites.losses import (
    sparse_softmax_cross_entropy_with_logits as sparse_softmax_cross_entropy_with_logits,
)
from tensegra._composites.normalization import batch_normalization as batch_normalization
from tensegra._composites.normalization import moments as moments
from tensegra._composites.pooling import avg_pool as avg_pool
from tensegra._composites.pooling import avg_pool2d as avg_pool2d
from tensegra._composites.pooling import max_pool as max_pool
from tensegra._composites.pooling import max_pool2d as max_pool2d
from tensegra._composites.regularization import dropout as dropout
from tensegra._composites.selection import top_k as top_k
from tensegra._ops.math import sigmoid as sigmoid
from tensegra._ops.math import softplus as softplus
from tensegra._ops.math import tanh as tanh
from tensegra._ops.nn import bias_add as bias_add
from tensegra._ops.nn import depthwise_conv2d as depthwise_conv2d
from tensegra._ops.nn import elu as elu
from tensegra._ops.nn import gelu as gelu
from tensegra._ops.nn import l2_loss as l2_loss
from tensegra._ops.nn import leaky_relu as leaky_relu
from tensegra._ops.nn import log_softmax as log_softmax
from tensegra._ops.nn import relu as relu
from tensegra._ops.nn import relu6 as relu6
from tensegra._ops.nn import selu as selu
from tensegra._ops.nn import sigmoid_cross_entropy_with_logits as sigmoid_cross_entropy_with_logits
from tensegra._ops.nn import silu as silu
from tensegra._ops.nn import softmax as softmax
from tensegra._ops.nn import swish as swish

__all__ = [
    "avg_pool",
    "avg_pool2d",
    "batch_normalization",
    "bias_add",
    "conv2d",
    "depthwise_conv2d",
    "dropout",
    "elu",
    "embedding_lookup",
    "gelu",
    "l2_loss",
    "l2_normalize",
    "leaky_relu",
    "log_softmax",
    "max_pool",
    "max_pool2d",
    "moments",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "silu",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softplus",
    "sparse_softmax_cross_entropy_with_logits",
    "swish",
    "tanh",
    "top_k",
]
