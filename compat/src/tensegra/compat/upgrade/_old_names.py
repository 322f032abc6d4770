"""Names that TensorFlow had before 1.15 gave them others: those of 0.x, and parts of contrib that moved."""

from __future__ import annotations

import libcst as cst

from ._arguments import keyword_argument, settle_commas

RENAMED = {
    "tf.mul": "tf.multiply",
    "tf.sub": "tf.subtract",
    "tf.neg": "tf.negative",
    "tf.inv": "tf.reciprocal",
    "tf.pack": "tf.stack",
    "tf.unpack": "tf.unstack",
    "tf.select": "tf.where",
    "tf.complex_abs": "tf.abs",
    "tf.concat_v2": "tf.concat",
    "tf.nn.deconv2d": "tf.nn.conv2d_transpose",
    "tf.listdiff": "tf.setdiff1d",
    "tf.batch_matmul": "tf.matmul",
    "tf.batch_matrix_inverse": "tf.matrix_inverse",
    "tf.batch_matrix_determinant": "tf.matrix_determinant",
    "tf.batch_matrix_diag": "tf.matrix_diag",
    "tf.batch_matrix_diag_part": "tf.matrix_diag_part",
    "tf.batch_matrix_band_part": "tf.matrix_band_part",
    "tf.batch_matrix_set_diag": "tf.matrix_set_diag",
    "tf.batch_matrix_solve": "tf.matrix_solve",
    "tf.batch_matrix_solve_ls": "tf.matrix_solve_ls",
    "tf.batch_matrix_triangular_solve": "tf.matrix_triangular_solve",
    "tf.batch_matrix_transpose": "tf.matrix_transpose",
    "tf.batch_cholesky": "tf.cholesky",
    "tf.batch_cholesky_solve": "tf.cholesky_solve",
    "tf.batch_self_adjoint_eig": "tf.self_adjoint_eig",
    "tf.batch_self_adjoint_eigvals": "tf.self_adjoint_eigvals",
    "tf.batch_svd": "tf.svd",
    "tf.batch_fft": "tf.fft",
    "tf.batch_ifft": "tf.ifft",
    "tf.batch_fft2d": "tf.fft2d",
    "tf.batch_ifft2d": "tf.ifft2d",
    "tf.batch_fft3d": "tf.fft3d",
    "tf.batch_ifft3d": "tf.ifft3d",
    "tf.scalar_summary": "tf.summary.scalar",
    "tf.histogram_summary": "tf.summary.histogram",
    "tf.image_summary": "tf.summary.image",
    "tf.audio_summary": "tf.summary.audio",
    "tf.merge_summary": "tf.summary.merge",
    "tf.merge_all_summaries": "tf.summary.merge_all",
    "tf.train.SummaryWriter": "tf.summary.FileWriter",
    "tf.op_scope": "tf.name_scope",
    "tf.nn.rnn": "tf.nn.static_rnn",
    "tf.nn.state_saving_rnn": "tf.nn.static_state_saving_rnn",
    "tf.nn.bidirectional_rnn": "tf.nn.static_bidirectional_rnn",
    "tf.nn.seq2seq": "tf.contrib.legacy_seq2seq",
    "tf.models.rnn.rnn_cell": "tf.nn.rnn_cell",
    "tf.models.rnn.rnn": "tf.nn",
    "tf.models.rnn.seq2seq": "tf.contrib.legacy_seq2seq",
    "tf.image.per_image_whitening": "tf.image.per_image_standardization",
    "tf.image.random_crop": "tf.random_crop",
    "tf.python.ops.rnn_cell": "tf.nn.rnn_cell",
    "tf.contrib.rnn.core_rnn_cell": "tf.nn.rnn_cell",
    "tf.contrib.rnn.python.ops.core_rnn_cell_impl": "tf.nn.rnn_cell",
    "tf.contrib.rnn.python.ops.core_rnn_cell": "tf.nn.rnn_cell",
    "tf.contrib.rnn.python.ops.core_rnn": "tf.nn",
    "tf.contrib.ctc.ctc_loss": "tf.nn.ctc_loss",
    "tf.contrib.data.Dataset": "tf.data.Dataset",
    "tf.contrib.data.Iterator": "tf.data.Iterator",
    "tf.contrib.data.TFRecordDataset": "tf.data.TFRecordDataset",
    "tf.contrib.data.TextLineDataset": "tf.data.TextLineDataset",
    "tf.contrib.data.FixedLengthRecordDataset": "tf.data.FixedLengthRecordDataset",
    "tf.contrib.framework.python.ops.add_arg_scope": "tf.contrib.framework.add_arg_scope",
    "tf.contrib.framework.python.ops.arg_scope": "tf.contrib.framework.arg_scope",
}

_ENTROPIES = frozenset(
    [
        "tf.nn.softmax_cross_entropy_with_logits",
        "tf.nn.sparse_softmax_cross_entropy_with_logits",
        "tf.nn.sigmoid_cross_entropy_with_logits",
    ]
)
_KEYWORDS = {
    "tf.concat": {"concat_dim": "axis"},
    "tf.split": {"split_dim": "axis", "num_split": "num_or_size_splits"},
    "tf.summary.scalar": {"tags": "name", "values": "tensor"},
    "tf.summary.histogram": {"tag": "name"},
    "tf.summary.image": {"tag": "name"},
    "tf.SparseTensor": {"shape": "dense_shape"},
}


def renamed(name: str) -> str:
    """The name that 1.15 has for a canonical name.

    >>> renamed("tf.nn.seq2seq.sequence_loss")
    'tf.contrib.legacy_seq2seq.sequence_loss'
    """
    head = name
    while head:
        if head in RENAMED:
            return RENAMED[head] + name[len(head) :]
        head = head.rpartition(".")[0]
    return name


def modern_arguments(old: str, name: str, call: cst.Call) -> cst.Call:
    """The call with its arguments in the order and under the names of 1.15, where they are surely those of 0.x.

    Args:
        old: the canonical name as written.
        name: the canonical name in 1.15.
        call: the call.
    """
    if any(argument.star for argument in call.args):
        return call
    arguments = list(call.args)
    places = [argument for argument in arguments if argument.keyword is None]
    words = _KEYWORDS.get(name, {})
    if any(a.keyword is not None and a.keyword.value in words for a in arguments):
        arguments = [
            a.with_changes(keyword=cst.Name(words[a.keyword.value]))
            if a.keyword and a.keyword.value in words
            else a
            for a in arguments
        ]
        if name == "tf.concat" and len(places) == 1 and arguments[0].keyword is None:
            arguments[0] = keyword_argument("values", arguments[0].value, arguments[0])
    elif name == "tf.concat" and len(places) == 2 and _is_axis(places[0].value, places[1].value):
        arguments[0], arguments[1] = _swapped(arguments[0], arguments[1])
    elif name == "tf.split" and len(places) == 3 and _is_number(places[0].value):
        values = [arguments[2].value, arguments[1].value]
        rest = keyword_argument("axis", arguments[0].value, arguments[2])
        arguments[:3] = [
            arguments[0].with_changes(value=values[0]),
            arguments[1].with_changes(value=values[1]),
            rest,
        ]
    elif name in _ENTROPIES and len(places) == 2:
        for index, word in enumerate(("logits", "labels")):
            arguments[index] = keyword_argument(word, arguments[index].value, arguments[index])
    elif old == "tf.op_scope":
        for index, word in enumerate(("values", "name", "default_name")[: len(places)]):
            arguments[index] = keyword_argument(word, arguments[index].value, arguments[index])
    else:
        return call
    return call.with_changes(args=settle_commas(arguments, call.args))


def _is_number(node: cst.BaseExpression) -> bool:
    inner = node.expression if isinstance(node, cst.UnaryOperation) else node
    return isinstance(inner, cst.Integer)


def _is_axis(first: cst.BaseExpression, second: cst.BaseExpression) -> bool:
    listed = (cst.List, cst.Tuple, cst.ListComp)
    return _is_number(first) or (isinstance(second, listed) and not isinstance(first, listed))


def _swapped(first: cst.Arg, second: cst.Arg) -> tuple[cst.Arg, cst.Arg]:
    return first.with_changes(value=second.value), second.with_changes(value=first.value)
