"""publiccode.yml by the rules of the standard (version 0.4) that a catalogue checks."""

import re

import yaml

from tests.support import ROOT

FILE = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))


def test_mandatory_keys_are_there() -> None:
    """What the standard asks of every file, for software that a community keeps."""
    assert FILE["publiccodeYmlVersion"] == "0.4"
    assert {"name", "url", "platforms", "developmentStatus", "softwareType", "description", "legal"} <= set(FILE)
    assert FILE["maintenance"]["contacts"][0]["name"]
    assert FILE["localisation"] == {"localisationReady": True, "availableLanguages": ["sv", "en"]}


def test_descriptions_have_the_lengths_the_standard_asks() -> None:
    """In both languages: one line of at most 150 characters, a text of 150 to 10,000, and features."""
    assert set(FILE["description"]) == {"sv", "en"}
    for text in FILE["description"].values():
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]


def test_it_says_what_pyproject_says() -> None:
    """Version and licence are those of the project."""
    project = (ROOT / "pyproject.toml").read_text()
    assert re.search(rf'^version = "{FILE["softwareVersion"]}"$', project, re.MULTILINE)
    assert f'license = "{FILE["legal"]["license"]}"' in project
