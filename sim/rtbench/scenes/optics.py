"""Light, lens and sensor: from the drawn picture to what the camera hands over."""

from math import cos, radians, sin

import numpy as np
from PIL import Image, ImageFilter

from rtbench.scenes.scene import IMAGE_SIZE, Light, Optics

_AXIS = (np.arange(IMAGE_SIZE, dtype=np.float32) - (IMAGE_SIZE - 1) / 2) / (IMAGE_SIZE / 2)
_X = _AXIS[None, :]
_Y = _AXIS[:, None]
_RADIUS_SQUARED = (_X**2 + _Y**2) / 2


def expose(picture: Image.Image, light: Light, optics: Optics) -> np.ndarray:
    """The picture as uint8 (96, 96, 3)."""
    if optics.blur_px > 0.05:
        picture = picture.filter(ImageFilter.GaussianBlur(optics.blur_px))
    values = np.asarray(picture, dtype=np.float32)
    azimuth = radians(light.azimuth_degrees)
    # The side towards the light is brighter; the lens loses light towards the corners.
    field = 1.0 + light.falloff * (sin(azimuth) * _X - 0.5 * abs(cos(azimuth)) * _Y)
    field = light.level * field * (1.0 - optics.vignette * _RADIUS_SQUARED)
    gains = np.array((light.red_gain, 1.0, light.blue_gain), dtype=np.float32)
    values = values * field[..., None].astype(np.float32) * gains
    if optics.noise > 0:
        random = np.random.Generator(np.random.SFC64(optics.noise_seed))
        grain = random.standard_normal(values.shape, dtype=np.float32)
        # Shot noise grows with the square root of the signal, read noise does not.
        values += grain * (optics.noise * np.sqrt(0.35 + 0.65 * np.maximum(values, 0) / 128))
    return np.clip(values + 0.5, 0, 255).astype(np.uint8)
