"""The design system's files: what pages name, what the stylesheet names, and nothing that breaks hashing."""

import pytest

from warmhandoff.cli import assets


@pytest.fixture
def package(tmp_path):
    files = {
        "css/uswds.min.css": "a{src:url(../fonts/a.woff2?x)}b{background:url('../img/b.svg')}"
        "c{background:url(data:image/png;base64,AA)}\n/*# sourceMappingURL=uswds.min.css.map */\n",
        "js/uswds.min.js": "run();\n//# sourceMappingURL=uswds.min.js.map\n",
        "js/uswds-init.min.js": "start()",
        "img/sprite.svg": "<svg/>",
        "img/b.svg": "<svg/>",
        "img/unused.svg": "<svg/>",
        "fonts/a.woff2": "font",
    }
    for name, text in files.items():
        (tmp_path / "dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dist" / name).write_text(text)
    return tmp_path / "dist"


def test_what_is_named_is_copied_and_nothing_else(package, tmp_path):
    assert assets.copy_design_system(package, tmp_path / "assets") == 6
    copied = {str(path.relative_to(tmp_path / "assets")) for path in (tmp_path / "assets").rglob("*.*")}
    assert "fonts/a.woff2" in copied
    assert "img/unused.svg" not in copied


def test_no_name_of_a_source_map_is_left(package, tmp_path):
    assets.copy_design_system(package, tmp_path / "assets")
    for path in (tmp_path / "assets").rglob("*.min.*"):
        assert "sourceMappingURL" not in path.read_text()
    assert "run();" in (tmp_path / "assets" / "js" / "uswds.min.js").read_text()


def test_a_file_that_the_stylesheet_names_and_the_package_lacks_stops_it(package, tmp_path):
    (package / "fonts" / "a.woff2").unlink()
    with pytest.raises(FileNotFoundError):
        assets.copy_design_system(package, tmp_path / "assets")
    assert not (tmp_path / "assets").exists()
