import csv
import math

import numpy as np
import pytest

import tensegra as tg

C = tg.layers.callbacks
X = np.linspace(-1, 1, 20, dtype=np.float32)[:, None]
Y = 3 * X


def compiled(rate=0.1):
    model = tg.keras.Sequential([tg.keras.Input((1,)), tg.layers.Dense(1)])
    model.compile(tg.layers.optimizers.SGD(rate), "mse")
    return model


class Recorder(C.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def __getattribute__(self, name):
        if name.startswith("on_"):
            return lambda *args: self.seen.append((name, args))
        return super().__getattribute__(name)


def test_the_order_of_calls():
    recorder = Recorder()
    compiled().fit(X, Y, batch_size=10, epochs=1, validation_data=(X, Y), verbose=0, callbacks=[recorder])
    step = ["on_train_batch_begin", "on_train_batch_end"]
    batch = ["on_test_batch_begin", "on_test_batch_end"]
    test = ["on_test_begin", *batch, *batch, "on_test_end"]
    assert [name for name, _ in recorder.seen] == [
        "on_train_begin", "on_epoch_begin", *step, *step, *test, "on_epoch_end", "on_train_end"
    ]  # fmt: skip
    logs = recorder.seen[-2][1][1]
    assert set(logs) == {"loss", "val_loss"}
    assert recorder.params == {"verbose": 0, "epochs": 1, "steps": 2}


def test_early_stopping_goes_back_to_the_best_weights():
    class Worse(C.Callback):
        """Spoils the weights from epoch 3 on."""

        def on_epoch_begin(self, epoch, logs=None):
            if epoch >= 3:
                self.model.set_weights([np.full((1, 1), 50.0 + epoch), np.zeros(1)])

    model = compiled()
    stop = C.EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True)
    history = model.fit(
        X, Y, epochs=20, shuffle=False, verbose=0, validation_data=(X, Y), callbacks=[Worse(), stop]
    )
    assert history.epoch == [0, 1, 2, 3, 4]
    assert stop.stopped_epoch == 4
    best = history.history["val_loss"][2]
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(best, rel=1e-6)


def test_early_stopping_knows_rising_figures():
    model = compiled(rate=0.0)
    model.compile(tg.layers.optimizers.SGD(0.0), "mse", metrics=["accuracy"])
    stop = C.EarlyStopping(monitor="accuracy", patience=1)
    assert model.fit(X, Y, epochs=9, verbose=0, callbacks=[stop]).epoch == [0, 1]
    with pytest.raises(ValueError, match="TG-1002"):
        C.EarlyStopping(mode="best")


def test_a_missing_figure_warns():
    with pytest.warns(UserWarning, match="'val_loss', which is not among"):
        compiled().fit(X, Y, verbose=0, callbacks=[C.EarlyStopping()])


def test_checkpoints(tmp_path):
    model = compiled()
    path = str(tmp_path / "runs" / "{epoch:02d}-{loss:.2f}")
    history = model.fit(X, Y, epochs=2, verbose=0, callbacks=[C.ModelCheckpoint(path)])
    wanted = [f"{epoch:02d}-{loss:.2f}" for epoch, loss in zip((1, 2), history.history["loss"])]
    assert sorted(item.name for item in (tmp_path / "runs").iterdir()) == wanted
    again = tg.keras.models.load_model(tmp_path / "runs" / wanted[-1])
    np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])


def test_only_the_best_is_kept(tmp_path):
    model = compiled(rate=3.0)
    keep = C.ModelCheckpoint(tmp_path / "best", monitor="loss", save_best_only=True, save_weights_only=True)
    history = model.fit(X, Y, epochs=4, shuffle=False, verbose=0, callbacks=[keep])
    assert keep.best == min(history.history["loss"])


def test_checkpoints_every_so_many_steps(tmp_path):
    keep = C.ModelCheckpoint(tmp_path / "step{epoch}", save_freq=3)
    compiled().fit(X, Y, batch_size=5, epochs=2, verbose=0, callbacks=[keep])
    assert sorted(item.name for item in tmp_path.iterdir()) == ["step1", "step2"]


def test_wrong_checkpoints(tmp_path):
    with pytest.raises(ValueError, match=r"figures \['loss'\].*losss.*TG-1051"):
        compiled().fit(X, Y, verbose=0, callbacks=[C.ModelCheckpoint(str(tmp_path) + "/{losss}")])
    with pytest.raises(ValueError, match="TG-1002"):
        C.ModelCheckpoint(tmp_path, save_freq="day")


def test_csv(tmp_path):
    path = tmp_path / "log.csv"
    model = compiled()
    first = model.fit(X, Y, epochs=2, verbose=0, callbacks=[C.CSVLogger(path)]).history["loss"]
    second = model.fit(X, Y, epochs=1, verbose=0, callbacks=[C.CSVLogger(path, append=True)]).history["loss"]
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1", "0"]
    assert [float(row["loss"]) for row in rows] == first + second


def test_learning_rate_scheduler():
    model = compiled()
    set_rate = C.LearningRateScheduler(lambda epoch, rate: 0.1 / (epoch + 1))
    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[set_rate]).history
    assert history["learning_rate"] == pytest.approx([0.1, 0.05, 0.1 / 3], rel=1e-6)
    of_epochs = C.LearningRateScheduler(lambda epoch: 0.5 / (epoch + 1))
    history = model.fit(X, Y, epochs=2, verbose=0, callbacks=[of_epochs]).history
    assert history["learning_rate"] == pytest.approx([0.5, 0.25], rel=1e-6)
    with pytest.raises(ValueError, match=r"NoneType.*TG-1052"):
        model.fit(X, Y, verbose=0, callbacks=[C.LearningRateScheduler(lambda epoch, rate: None)])


def test_terminate_on_nan(capsys):
    model = compiled()
    history = model.fit(X * np.nan, Y, batch_size=5, epochs=5, verbose=0, callbacks=[C.TerminateOnNaN()])
    assert history.epoch == [0]
    assert math.isnan(history.history["loss"][0])
    assert "Step 0: the loss is nan" in capsys.readouterr().out


def test_only_callbacks_are_taken():
    with pytest.raises(ValueError, match=r"EarlyStopping\(\).*TG-1050"):
        compiled().fit(X, Y, callbacks=[C.EarlyStopping])


def test_a_single_callback_needs_no_list():
    history = compiled().fit(
        X, Y, epochs=5, verbose=0, callbacks=C.EarlyStopping("loss", patience=0, min_delta=1e9)
    )
    assert history.epoch == [0, 1]


def test_the_bar_shows_epochs_steps_and_figures(capsys):
    compiled().fit(X, Y, batch_size=5, epochs=2, validation_data=(X, Y), verbose=1)
    out = capsys.readouterr().out
    assert "Epoch 1/2" in out
    assert "Epoch 2/2" in out
    assert "4/4" in out
    assert "val_loss: " in out
    compiled().fit(X, Y, batch_size=5, epochs=2, verbose=2)
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Epoch 2/2: 4 steps, ")
    compiled().fit(X, Y, verbose=0)
    assert capsys.readouterr().out == ""
