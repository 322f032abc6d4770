"""Values of `tg.image` beside those that TensorFlow 2.21 gave for the same calls, recorded in fixtures/image.npz."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra._composites.image.resize import resample

FIXTURE = np.load(Path(__file__).parents[1] / "fixtures" / "image.npz")
CALLS = json.loads(str(FIXTURE["calls"]))


def legacy_resize(image: Any, size: Any, method: str, align_corners: bool) -> Any:
    """The conventions of TensorFlow 1.x."""
    return resample(
        tg.constant(image), tuple(size), method, align_corners=align_corners, half_pixel_centers=False
    )


def decode(value: Any) -> Any:
    return FIXTURE[value["array"]] if isinstance(value, dict) else value


@pytest.mark.parametrize("number", range(len(CALLS)), ids=lambda i: f"{CALLS[i]['function']}-{i}")
def test_as_tensorflow(number: int) -> None:
    call = CALLS[number]
    function = legacy_resize if call["function"] == "legacy_resize" else getattr(tg.image, call["function"])
    arguments = [decode(value) for value in call["args"]]
    results = function(*arguments, **{key: decode(value) for key, value in call["kwargs"].items()})
    results = list(results) if isinstance(results, tuple) else [results]
    for result, name in zip(results, call["results"], strict=True):
        wanted = FIXTURE[name]
        assert result.dtype.as_numpy_dtype == wanted.dtype
        np.testing.assert_allclose(result.numpy(), wanted, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize(
    "number",
    [
        i
        for i, call in enumerate(CALLS)
        if not call["function"].startswith(("combined", "stateless", "legacy"))
    ],
    ids=lambda i: f"{CALLS[i]['function']}-{i}",
)
def test_in_a_function_of_unknown_sizes(number: int) -> None:
    call = CALLS[number]
    arguments = [decode(value) for value in call["args"]]
    keywords = {key: decode(value) for key, value in call["kwargs"].items()}
    image = arguments[0]
    # Filters are as deep as images have channels, boxes are as many as there are.
    shape = [None] * (image.ndim - 1) + [image.shape[-1]]

    @tg.function(input_signature=[tg.TensorSpec(shape, image.dtype)])
    def traced(image: tg.Tensor) -> Any:
        return getattr(tg.image, call["function"])(image, *arguments[1:], **keywords)

    results = traced(image)
    results = list(results) if isinstance(results, tuple) else [results]
    for result, name in zip(results, call["results"], strict=True):
        np.testing.assert_allclose(result.numpy(), FIXTURE[name], rtol=1e-5, atol=2e-5)


def test_gradients_reach_images_and_boxes() -> None:
    image = tg.constant(np.random.default_rng(0).random((1, 5, 6, 2)), tg.float32)
    boxes = tg.constant([[0.1, 0.25, 0.7, 0.85]])

    def loss(image: Any, boxes: Any) -> Any:
        small = tg.image.resize(image, (3, 8), antialias=True)
        crops = tg.image.crop_and_resize(image, boxes, [0], (3, 3))
        return tg.reduce_sum(small * small) + tg.reduce_sum(tg.exp(crops))

    with tg.GradientTape() as tape:
        tape.watch([image, boxes])
        value = loss(image, boxes)
    found = [each.numpy() for each in tape.gradient(value, [image, boxes])]
    step = 1e-2
    for index, source in enumerate((image, boxes)):
        rng = np.random.default_rng(index)
        direction = rng.normal(size=source.shape).astype(np.float32) * (1.0 if index == 0 else 0.1)
        ends = []
        for sign in (1.0, -1.0):
            arguments = [image, boxes]
            arguments[index] = source + tg.constant(direction * sign * step)
            ends.append(float(loss(*arguments)))
        difference = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(np.sum(found[index] * direction), difference, rtol=2e-2, atol=2e-2)


def test_random_draws_are_within_their_bounds_and_repeat_with_a_seed() -> None:
    image = tg.constant(np.random.default_rng(2).random((6, 5, 3)), tg.float32)
    for function, arguments in (
        ("random_flip_left_right", ()),
        ("random_flip_up_down", ()),
        ("random_crop", ((4, 3, 3),)),
        ("random_brightness", (0.3,)),
        ("random_contrast", (0.5, 1.5)),
        ("random_hue", (0.2,)),
        ("random_saturation", (0.5, 1.5)),
    ):
        results = []
        for _ in range(2):
            tg.random.set_seed(5)
            results.append(getattr(tg.image, function)(image, *arguments, seed=3).numpy())
        np.testing.assert_array_equal(*results)
        stateless = getattr(tg.image, f"stateless_{function}")(image, *arguments, seed=(1, 2))
        assert stateless.shape == results[0].shape
    flips = {float(tg.image.random_flip_left_right(image)[0, 0, 0]) for _ in range(40)}
    assert flips == {float(image[0, 0, 0]), float(image[0, 4, 0])}


@pytest.mark.parametrize(
    ("function", "arguments", "code"),
    [
        ("resize", (np.zeros((2, 2)), (2, 2)), "TG-0103"),
        ("resize", (np.zeros((2, 2, 1)), (2, 2), "cubist"), "TG-0106"),
        ("resize", (np.zeros((2, 2, 1)), (2, 2, 2)), "TG-0105"),
        ("resize", (np.zeros((2, 2, 1)), (-2, 2)), "TG-0109"),
        ("resize", (np.zeros((0, 2, 1)), (2, 2)), "TG-0109"),
        ("crop_to_bounding_box", (np.zeros((2, 2, 1)), 1, 0, 2, 2), "TG-0107"),
        ("crop_to_bounding_box", (np.zeros((2, 2, 1)), -1, 0, 2, 2), "TG-0107"),
        ("crop_to_bounding_box", (np.zeros((2, 2, 1)), 0, 0, 0, 2), "TG-0109"),
        ("pad_to_bounding_box", (np.zeros((2, 2, 1)), 0, 1, 2, 2), "TG-0107"),
        ("central_crop", (np.zeros((2, 2, 1)), 0.0), "TG-0107"),
        ("resize_with_pad", (np.zeros((2, 2, 1)), 0, 2), "TG-0109"),
        ("resize_with_crop_or_pad", (np.zeros((2, 2, 1)), 0, 2), "TG-0109"),
        (
            "extract_patches",
            (np.zeros((1, 2, 2, 1)), [1, 2, 2, 1], [1, 1, 1], [1, 1, 1, 1], "VALID"),
            "TG-0105",
        ),
        ("extract_patches", (np.zeros((1, 2, 2, 1)), *([[1, 2, 2, 1]] * 3), "MANY"), "TG-0106"),
        ("rgb_to_hsv", (np.zeros((2, 2, 1)),), "TG-0105"),
        ("grayscale_to_rgb", (np.zeros((2, 2, 3)),), "TG-0105"),
        ("adjust_gamma", (np.zeros(1), -1.0), "TG-0107"),
        ("adjust_contrast", (np.zeros(1), 1.0), "TG-0103"),
        ("random_hue", (np.zeros((1, 1, 3)), 0.7), "TG-0107"),
        ("random_contrast", (np.zeros((1, 1, 3)), 2.0, 1.0), "TG-0107"),
        ("random_contrast", (np.zeros((1, 1, 3)), -2.0, 1.0), "TG-0107"),
        ("random_crop", (np.zeros((1, 1, 3)), (2, 1, 3)), "TG-0105"),
        ("psnr", (np.zeros((1, 1, 3)), np.zeros((1, 2, 3)), 1.0), "TG-0105"),
        ("ssim", (np.zeros((5, 5, 3)), np.zeros((5, 5, 3)), 1.0), "TG-0105"),
        ("crop_and_resize", (np.zeros((1, 5, 5, 3)), np.zeros((1, 3), np.float32), [0], (2, 2)), "TG-0105"),
        (
            "crop_and_resize",
            (np.zeros((1, 5, 5, 3)), np.zeros((1, 4), np.float32), [0], (2, 2), "x"),
            "TG-0106",
        ),
        ("crop_and_resize", (np.zeros((1, 5, 5, 3)), np.zeros((1, 4), np.float32), [7], (2, 2)), "TG-0107"),
        ("non_max_suppression", (np.zeros((2, 3), np.float32), np.zeros(2, np.float32), 1), "TG-0105"),
        ("non_max_suppression", (np.zeros((2, 4), np.float32), np.zeros(3, np.float32), 1), "TG-0105"),
        ("non_max_suppression", (np.zeros((2, 4), np.float32), np.zeros(2, np.float32), -1), "TG-0109"),
        ("non_max_suppression", (np.zeros((2, 4), np.float32), np.zeros(2, np.float32), 1, 2.0), "TG-0107"),
        ("combined_non_max_suppression", (np.zeros((2, 4)), np.zeros(2), 1, 1), "TG-0105"),
        ("convert_image_dtype", (np.zeros(2, bool), tg.float32), "TG-0102"),
    ],
)
def test_wrong_input(function: str, arguments: tuple[Any, ...], code: str) -> None:
    with pytest.raises((tg.errors.InvalidArgumentError, tg.errors.OutOfRangeError), match=code):
        getattr(tg.image, function)(*arguments)


def test_the_two_conventions_exclude_each_other() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0620"):
        resample(tg.zeros((1, 2, 2, 1)), (3, 3), "bilinear", align_corners=True, half_pixel_centers=True)


def test_similarity_needs_a_known_number_of_channels() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None, None, None], tg.float32)])
    def traced(image: tg.Tensor) -> Any:
        return tg.image.ssim(image, image, 1.0)

    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0103"):
        traced(tg.zeros((16, 16, 1)))
