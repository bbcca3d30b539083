"""What `import conbal_tf as cb` offers: listed once, imported when it is used, documented with an example."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import conbal_tf as cb

ROOT = Path(__file__).resolve().parents[1]
# What takes or gives no array, but settings and numbers.
WITHOUT_SHAPES = {"CoupledSGD", "Settings", "read_settings", "train", "warmup_cosine"}


def in_a_new_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_public_names_are_these() -> None:
    models = {"ContrastiveModel", "BalancedContrastiveModel"}
    networks = {"backbone", "projection_head", "classifier_head", "cosine_head", "classifier"}
    losses = {"supervised_contrastive", "balanced_contrastive", "focal", "ldam", "adjusted_cross_entropy", "GlobalMean"}
    numbers_of_losses = {"ldam_margins", "effective_number_weights"}
    training = {"CoupledSGD", "warmup_cosine", "QuadraticWeightedKappa", "balanced_batches"}
    job = {"Settings", "read_settings", "train"}
    assert set(cb.__all__) == models | networks | losses | numbers_of_losses | training | job
    assert set(cb.__all__) <= set(dir(cb))


@pytest.mark.parametrize("name", cb.__all__)
def test_every_public_name_has_a_docstring_with_an_example_and_shapes(name: str) -> None:
    # The examples are run with all others, as doctests of their modules.
    told = getattr(import_module(f"conbal_tf.{cb._HOMES[name]}"), name).__doc__ or ""
    assert ">>> import conbal_tf as cb\n" in told and f"cb.{name}(" in told
    assert name in WITHOUT_SHAPES or "[(" in told or "[() " in told


def test_type_checkers_see_the_names_where_python_finds_them() -> None:
    tree = ast.parse((ROOT / "conbal_tf" / "__init__.py").read_text("utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module != "typing"]
    seen = {alias.asname: node.module for node in imports for alias in node.names if alias.asname == alias.name}
    assert seen == {name: f"conbal_tf.{home}" for name, home in cb._HOMES.items()}


def test_users_file_that_the_type_checker_reads_uses_every_name() -> None:
    text = (ROOT / "tests" / "public_use.py").read_text("utf-8")
    assert [name for name in cb.__all__ if f"cb.{name}" not in text] == []


def test_import_takes_no_library_and_no_time() -> None:
    code = (
        "import sys, time; before = time.process_time(); import conbal_tf; took = time.process_time() - before; "
        "print(took, *(name for name in sys.modules if name.startswith('conbal_tf.') or name in "
        "('tensorflow', 'keras', 'numpy', 'pandas')))"
    )
    told = [in_a_new_python(code).split() for _ in range(3)]
    assert [words[1:] for words in told] == [[], [], []]
    assert min(float(words[0]) for words in told) < 0.05


def test_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="module 'conbal_tf' has no attribute 'ContrastivModel'") as caught:
        _ = cb.ContrastivModel  # type: ignore[attr-defined]
    assert (caught.value.name, caught.value.obj) == ("ContrastivModel", cb)


@pytest.mark.parametrize(
    "before",
    ["", "import conbal_tf.train", "cb.train; import conbal_tf.train", "from conbal_tf.train import main"],
)
def test_train_trains_whatever_was_imported_before(before: str) -> None:
    trains = "try: cb.train(cb.Settings(replicas=-1))\nexcept ValueError as said: print(said)\n"
    trains += "import inspect\nassert [*inspect.signature(cb.train).parameters][0] == 'settings'"
    assert in_a_new_python(f"import conbal_tf as cb\n{before}\n{trains}").startswith("replicas is -1")
