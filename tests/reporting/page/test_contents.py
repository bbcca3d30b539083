"""What stands in the page beside charts: escaped text, values for its script, and pictures."""

import base64
import io

import numpy as np
from PIL import Image

from conbal_tf.reporting.markup import tag
from conbal_tf.reporting.page.embedding_map import data_block
from conbal_tf.reporting.page.pictures import MAX_SPRITE_BYTES, data_url, sprite_url, with_heat


def test_text_and_attributes_are_escaped_and_markup_is_not() -> None:
    made = tag("p", tag("b", "<i>"), title='"<')
    assert made == '<p title="&#34;&lt;"><b>&lt;i&gt;</b></p>'
    assert "</script" not in data_block(["</script><!--"])


def test_sheet_that_is_too_heavy_becomes_smaller_and_a_light_one_stays() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1500, 1500, 3)).astype(np.uint8)
    content = io.BytesIO()
    Image.fromarray(noise).save(content, "JPEG", quality=95)
    assert len(content.getvalue()) > MAX_SPRITE_BYTES
    made = base64.b64decode(sprite_url(content.getvalue()).partition(",")[2])
    assert len(made) <= MAX_SPRITE_BYTES
    assert base64.b64decode(sprite_url(made).partition(",")[2]) == made


def test_heat_lightens_and_leaves_the_shape() -> None:
    image, heat = np.full((8, 6, 3), 100, np.uint8), np.zeros((8, 6), np.float16)
    heat[0, 0], heat[0, 1] = 1, np.nan
    shown = with_heat(image, heat)
    assert shown.shape == image.shape
    assert shown[0, 0].sum() > shown[1, 1].sum() == shown[0, 1].sum()
    with Image.open(io.BytesIO(base64.b64decode(data_url(shown, 4).partition(",")[2]))) as made:
        assert made.size == (3, 4)
