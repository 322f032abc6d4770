import pytest

import tensegra as tg

K = tg.keras


def text_of(model, **options):
    lines = []
    model.summary(print_fn=lines.append, **options)
    return "\n".join(lines)


def test_columns_and_totals():
    model = K.Sequential(
        [K.Input((4,)), K.layers.Dense(3, name="first"), K.layers.BatchNormalization(name="norm")],
        name="small",
    )
    text = text_of(model)
    assert 'Model: "small"' in text
    for part in ("Layer (type)", "Output Shape", "Param #", "first (Dense)", "(None, 3)", "15", "12"):
        assert part in text
    assert "Total params: 27 (108.00 B)" in text
    assert "Trainable params: 21 (84.00 B)" in text
    assert "Non-trainable params: 6 (24.00 B)" in text
    assert "Connected to" not in text


def test_connections_of_a_branched_model():
    a, b = K.Input((2,), name="a"), K.Input((2,), name="b")
    text = text_of(K.Model([a, b], K.layers.Add(name="sum")([a, b])), line_length=100)
    assert "Connected to" in text
    assert "a[0], b[0]" in text


def test_unbuilt_models(capsys):
    K.Sequential([K.layers.Dense(2)]).summary()
    assert "0 (unbuilt)" in capsys.readouterr().out
    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-1005"):
        K.Sequential().summary()
