"""The code that runs is ours: nobody else owns our four import names."""

import importlib.util
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from engine import import_names

HERE = Path(__file__).parents[1]


def test_nobody_else_owns_our_import_names() -> None:
    foreign = import_names.foreign_owners()

    assert not foreign, import_names.complaint(foreign)


@pytest.mark.parametrize("name", import_names.OURS)
def test_each_name_leads_to_this_tree(name: str) -> None:
    spec = importlib.util.find_spec(name)

    assert spec is not None
    assert spec.origin == str(HERE / name / "__init__.py")


def test_an_index_would_refuse_us() -> None:
    classifiers = distribution("tocsin").metadata.get_all("Classifier")

    assert classifiers == ["Private :: Do Not Upload"]


def test_an_intruder_is_named_with_the_way_to_be_rid_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "django_rules-3.5.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: django-rules\nVersion: 3.5\n")
    (record / "RECORD").write_text("rules/__init__.py,,\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "__init__.py").touch()  # later Pythons leave out what is not there
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    foreign = import_names.foreign_owners()

    assert foreign == {"rules": ("django-rules",)}
    assert "pip uninstall django-rules" in import_names.complaint(foreign)
