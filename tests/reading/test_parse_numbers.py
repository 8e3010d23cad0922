from collections.abc import Callable

import numpy as np
import pytest

from bayes_misalign.reading.parse_numbers import (
    NotANumber,
    parse_count,
    parse_probability,
    parse_weight,
)


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (parse_weight, "0", 0.0),
        (parse_weight, " 1.5 ", 1.5),
        (parse_weight, "1e-3", 0.001),
        (parse_weight, np.float32(0.5), 0.5),
        (parse_count, "3.0", 3.0),
        (parse_count, 7, 7.0),
        (parse_probability, "1", 1.0),
        (parse_probability, 0, 0.0),
    ],
)
def test_numbers_are_read(parse: Callable[[object], float], cell: object, value: float) -> None:
    assert parse(cell) == value


@pytest.mark.parametrize(
    ("parse", "cell", "says"),
    [
        (parse_weight, "-0.5", "the weight is negative: '-0.5'"),
        (parse_weight, "", "the weight is blank"),
        (parse_weight, None, "the weight is blank"),
        (parse_weight, "  ", "the weight is blank"),
        (parse_weight, "NaN", "the weight is not a number: 'NaN'"),
        (parse_weight, float("nan"), "the weight is not a number: nan"),
        (parse_weight, "inf", "the weight is infinite: 'inf'"),
        (parse_weight, "1e400", "the weight is infinite: '1e400'"),
        (parse_weight, "heavy", "the weight is not a number: 'heavy'"),
        (parse_weight, "1_000", "the weight is not a number: '1_000'"),
        (parse_weight, True, "the weight is not a number: True"),
        (parse_weight, [1], "the weight is not a number: [1]"),
        (parse_weight, "1,234.5", "the weight holds a comma: '1,234.5'"),
        (parse_weight, "0,5", "the weight holds a comma: '0,5'"),
        (parse_count, "2.5", "the count is not whole: '2.5'"),
        (parse_count, "-1", "the count is negative: '-1'"),
        (parse_count, "1e17", "the count is too large: '1e17'"),
        (parse_probability, "1.01", "the conflict is outside [0, 1]: '1.01'"),
        (parse_probability, -0.1, "the conflict is outside [0, 1]: -0.1"),
        (parse_probability, "50%", "the conflict is not a number: '50%'"),
    ],
)
def test_everything_else_is_refused_with_its_value(
    parse: Callable[[object], float], cell: object, says: str
) -> None:
    with pytest.raises(NotANumber) as trouble:
        parse(cell)
    assert str(trouble.value) == says
    assert trouble.value.valid
