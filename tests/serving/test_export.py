"""The exported model in a process that imports nothing of this project: the answers of predictions.csv."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.small_network import small_network

# What somebody who has only TensorFlow and the folder would write.
CLIENT = """
import glob, json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
serve = model.signatures["serving_default"]
images = [open(path, "rb").read() for path in sorted(glob.glob(sys.argv[2] + "/*"))]
answers = serve(image_bytes=tf.constant(images))
assert not any(name.startswith(("conbal_tf", "tfrecords_tools", "keras")) and "." not in name and name != "keras"
               for name in sys.modules)
print(json.dumps({
    "probabilities": answers["probabilities"].numpy().tolist(),
    "label": answers["label"].numpy().tolist(),
    "class_names": [[name.decode() for name in row] for row in answers["class_names"].numpy()],
}))
"""


def ask(model: Path, images: Path, where: Path) -> dict:
    """Returns the answers of the SavedModel to the files in a folder, in the order of their names."""
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, str(model), str(images)], capture_output=True, text=True, cwd=where
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_answers_to_the_records_own_bytes_are_those_of_predictions_csv(finished_run: Path, tmp_path: Path) -> None:
    from conbal_tf.data.records import open_records

    records = open_records(finished_run.parent / "records" / "digits" / "px16" / "3.0.0")
    table = pd.read_csv(finished_run / "predictions.csv").query("part == 'test'").sort_values("id").iloc[::17]
    folder = tmp_path / "images"
    folder.mkdir()
    stored = records.in_order(table["id"]).as_numpy_iterator()
    for identity, record in zip(records.select(table["id"])["id"], stored, strict=True):
        (folder / identity).write_bytes(record["image"])
    answers = ask(finished_run / "export" / "1", folder, tmp_path)
    expected = table[[f"p_{name}" for name in records.class_names]].to_numpy()
    np.testing.assert_allclose(answers["probabilities"], expected, atol=1e-5)
    assert [answers["class_names"][0][label] for label in answers["label"]] == table["predicted"].tolist()
    assert answers["class_names"] == [list(records.class_names)] * len(table)


def test_jpeg_and_png_of_any_size_share_a_batch(finished_run: Path) -> None:
    import io

    import tensorflow as tf
    from PIL import Image

    pixels, contents = np.random.default_rng(0).integers(0, 256, (90, 60, 3)).astype(np.uint8), []
    for shown, form in ((pixels, "PNG"), (pixels[:50], "JPEG"), (pixels[:9, :8, 0], "PNG")):
        stream = io.BytesIO()
        Image.fromarray(shown).save(stream, form)
        contents.append(stream.getvalue())
    serve = tf.saved_model.load(str(finished_run / "export" / "1")).signatures["serving_default"]
    probabilities = serve(image_bytes=tf.constant(contents))["probabilities"].numpy()
    assert probabilities.shape == (3, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)


@pytest.mark.parametrize(("resize", "crop"), [("square", "none"), ("short_side", "fundus")])
def test_originals_are_answered_as_evaluation_answers_their_records(resize: str, crop: str, tmp_path: Path) -> None:
    """Nothing but the JPEG that records are stored as lies between them: the pixels in front of it are equal."""
    import io

    import tensorflow as tf
    from PIL import Image

    from conbal_tf.data.pipeline import TestView, prepare_test_image
    from conbal_tf.networks.heads import classifier, classifier_head
    from conbal_tf.serving.export import export
    from tfrecords_tools.conversion import StoredImage, convert
    from tfrecords_tools.pixels import images
    from tfrecords_tools.tables import Example

    model, view = classifier(small_network(), classifier_head(8, 2)), TestView(20, resize)
    rows, columns = np.mgrid[-520:520, -600:600]
    disc = (np.hypot(rows, columns) < 450)[:, :, None] * (100 + np.stack([rows, columns, rows - columns], axis=2) // 12)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    files = {}
    for form in ("JPEG", "PNG", "GIF", "BMP"):
        stream = io.BytesIO()
        Image.fromarray(disc.astype(np.uint8)).save(stream, form, **({"exif": exif} if form == "JPEG" else {}))
        (tmp_path / form).write_bytes(stream.getvalue())
        files[form] = stream.getvalue()
    export(model, ("benign", "malignant"), view, 30, tmp_path / "1", crop=crop)
    serve = tf.saved_model.load(str(tmp_path / "1")).signatures["serving_default"]
    answered = serve(image_bytes=tf.constant(list(files.values())))["probabilities"]
    examples = [Example(form, form, 0, tmp_path / form) for form in files]
    stored = {example.id: result for example, result in convert(examples, 30, crop=crop)}
    for number, (form, content) in enumerate(files.items()):
        record = stored[form]
        assert isinstance(record, StoredImage)
        pixels = images.as_stored(*images.decode_for(content, 30, crop), 30, crop)
        assert images.encode(pixels) == record.encoded, form
        expected = model(prepare_test_image(pixels, view)[tf.newaxis])[0]
        np.testing.assert_allclose(answered[number], expected, atol=1e-6)
        evaluated = model(prepare_test_image(images.decode(record.encoded), view)[tf.newaxis])[0]
        np.testing.assert_allclose(answered[number], evaluated, atol=0.02)


def test_16_bit_file_is_served_as_its_record_is_evaluated(tmp_path: Path) -> None:
    import tensorflow as tf

    from conbal_tf.data.pipeline import TestView, prepare_test_image
    from conbal_tf.networks.heads import classifier, classifier_head
    from conbal_tf.serving.export import export
    from tfrecords_tools.conversion import StoredImage, convert
    from tfrecords_tools.pixels import images
    from tfrecords_tools.tables import Example

    model, view = classifier(small_network(), classifier_head(8, 2)), TestView(20)
    export(model, ("well", "ill"), view, 30, tmp_path / "1", bits=12)
    rows, columns = np.mgrid[0:40, 0:60]
    (tmp_path / "a.png").write_bytes(tf.io.encode_png((rows * 50 + columns * 35)[:, :, None].astype(np.uint16)).numpy())
    ((_, stored),) = convert([Example("a", "a", 0, tmp_path / "a.png")], 30, bits=12)
    assert isinstance(stored, StoredImage)
    pixels = images.decode(stored.encoded)
    assert np.ptp(np.asarray(pixels, np.int32)) > 200  # without a word on the bits, 15
    evaluated = model(prepare_test_image(pixels, view)[tf.newaxis])
    serve = tf.saved_model.load(str(tmp_path / "1")).signatures["serving_default"]
    answered = serve(image_bytes=tf.constant([(tmp_path / "a.png").read_bytes()]))["probabilities"]
    np.testing.assert_allclose(answered, evaluated, atol=0.02)


def test_served_model_refuses_what_it_would_read_wrongly(finished_run: Path) -> None:
    import tensorflow as tf

    serve = tf.saved_model.load(str(finished_run / "export" / "1")).signatures["serving_default"]
    for content in (
        b"",
        b"II*\0" + b"\0" * 40,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\1\x86\xa0" * 2 + b"\x08\2\0\0\0",
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"no image of a format|claims 100000 x 100000 pixels"):
            serve(image_bytes=tf.constant([content]))


def test_graph_calibrates_as_the_formula_does_where_a_probability_is_0_too() -> None:
    import tensorflow as tf

    from conbal_tf.metrics.calibration import Calibration
    from conbal_tf.serving.export import calibrated

    p = np.array([[1.0, 0.0, 0.0], [0.7, 0.3, 0.0], [1e-42, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]], np.float32)
    for change in (
        Calibration(1.0, (0.0, 0.0, 0.0)),
        Calibration(20.0, (1.0, -2.0, 0.5)),
        Calibration(0.05, (1, 0, 1)),
    ):
        answered = tf.function(lambda p, change=change: calibrated(p, change))(tf.constant(p))
        np.testing.assert_allclose(answered, change.apply(p), atol=1e-5)
