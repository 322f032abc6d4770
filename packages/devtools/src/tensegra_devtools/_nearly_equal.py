"""How the output of an example in a docstring is compared."""

from __future__ import annotations

import doctest
import math
import re


class NearlyEqual(doctest.OutputChecker):
    """Floating-point numbers may differ in the last bits, which depend on the machine, and so may the padding."""

    number = re.compile(r"-?\d+\.\d*(?:e[-+]?\d+)?")

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if super().check_output(want, got, optionflags):
            return True
        texts = [re.sub(r"\s", "", self.number.sub("#", text)) for text in (want, got)]
        wanted, found = ([float(number) for number in self.number.findall(text)] for text in (want, got))
        return texts[0] == texts[1] and all(
            math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7) for a, b in zip(wanted, found, strict=True)
        )
