"""The numbers behind the charts: curves against scikit-learn, scales, colours and pictures."""

import base64
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sklearn.metrics import average_precision_score, roc_auc_score

from conbal_tf.reporting.page.confusion import INK, RIGHT, mixed
from conbal_tf.reporting.page.markup import data_block, tag
from conbal_tf.reporting.page.operating import sensitivity_and_specificity
from conbal_tf.reporting.page.pictures import MAX_SPRITE_BYTES, data_url, sprite_url, with_heat
from conbal_tf.reporting.page.precision_recall import average_precision, precision_and_recall
from conbal_tf.reporting.page.svg import Frame, ticks


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=60))
def test_curves_agree_with_scikit_learn(drawn: list[tuple[bool, int]]) -> None:
    positive = np.array([is_positive for is_positive, _ in drawn])
    scores = np.array([score / 6 for _, score in drawn])
    if positive.all() or not positive.any():
        return
    expected = average_precision_score(positive, scores)
    assert average_precision(*precision_and_recall(positive, scores)) == pytest.approx(expected)
    sensitivity, specificity = sensitivity_and_specificity(positive, scores)
    assert np.trapezoid(sensitivity, 1 - specificity) == pytest.approx(roc_auc_score(positive, scores))


@pytest.mark.parametrize("ink", [INK, RIGHT])
def test_counts_can_be_read_on_every_shade(ink: tuple[int, int, int]) -> None:
    from conbal_tf.reporting.page.confusion import _dark_text

    def luminance(colour: tuple[int, int, int]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    for part in np.linspace(0, 1, 101):
        ground = mixed(float(part), ink)
        dark, light = sorted((luminance(ground), 0.0 if _dark_text(ground) else 1.0))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1.5, 1.5), (7.1, 7.5), (0.0, 90.0), (1, 2)])
def test_ticks_are_few_and_inside(low: float, high: float) -> None:
    values = [value for value, _ in ticks(low, high)]
    assert 3 <= len(values) <= 9
    assert low <= values[0] < values[-1] <= high


def test_frame_puts_the_ends_of_both_scales_at_its_edges() -> None:
    frame = Frame(100, 80, (1, 0), (0, 2), left=10, right=5, top=4, bottom=6)
    assert (frame.x(1), frame.x(0), frame.y(0), frame.y(2)) == (10, 95, 74, 4)


def test_text_and_attributes_are_escaped_and_markup_is_not() -> None:
    made = tag("p", tag("b", "<i>"), title='"<')
    assert made == '<p title="&quot;&lt;"><b>&lt;i&gt;</b></p>'
    assert "</script" not in data_block("x", ["</script><!--"])[:-9]


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
