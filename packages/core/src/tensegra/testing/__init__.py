"""Checks for the authors of plug-ins: `tg.testing.*`. pytest runs them:

@pytest.mark.parametrize("check", tg.testing.op_conformance(my_ops), ids=str)
def test_my_ops(check):
    check()
"""

from ._check import Check as Check
from ._device import device_conformance as device_conformance
from ._ops import op_conformance as op_conformance

__all__ = ["Check", "device_conformance", "op_conformance"]
