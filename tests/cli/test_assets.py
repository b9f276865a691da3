"""The design system's files: what pages use of stylesheet and icons, what those rules name, and nothing else."""

import re
import tomllib

import pytest
from django.conf import settings

from warmhandoff.cli import assets, stylesheet
from warmhandoff.web.people import story as told_of_people
from warmhandoff.web.templatetags.warmhandoff import ICONS
from warmhandoff.web.today import news

WEB = settings.BASE_DIR / "warmhandoff" / "web"
USED = tomllib.loads(assets.USED.read_text())
SYMBOLS = "".join(f'<symbol id="{name}"><path/></symbol>' for name in [*USED["icons"], "zoom_in"])


@pytest.fixture
def package(tmp_path):
    files = {
        "css/uswds.min.css": '@font-face{font-family:"Source Sans Pro Web";src:url(../fonts/a.woff2?x)}'
        "@font-face{font-family:Other;src:url(../fonts/other.woff2)}"
        ".usa-button{background:url('../img/b.svg')}.usa-banner{background:url(../img/unused.svg)}"
        "c{background:url(data:image/png;base64,AA)}\n/*# sourceMappingURL=uswds.min.css.map */\n",
        "img/sprite.svg": f"<svg>{SYMBOLS}</svg>",
        "img/b.svg": "<svg/>",
        "img/unused.svg": "<svg/>",
        "fonts/a.woff2": "font",
    }
    for name, text in files.items():
        (tmp_path / "dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dist" / name).write_text(text)
    return tmp_path / "dist"


def test_what_is_used_is_copied_and_nothing_else(package, tmp_path):
    assert assets.copy_design_system(package, tmp_path / "assets") == 4
    copied = {str(path.relative_to(tmp_path / "assets")) for path in (tmp_path / "assets").rglob("*.*")}
    assert copied == {"css/uswds.min.css", "img/sprite.svg", "fonts/a.woff2", "img/b.svg"}


def test_no_name_of_a_source_map_is_left(package, tmp_path):
    assets.copy_design_system(package, tmp_path / "assets")
    assert "sourceMappingURL" not in (tmp_path / "assets" / assets.STYLESHEET).read_text()


def test_a_file_that_the_rules_name_and_the_package_lacks_stops_it(package, tmp_path):
    (package / "fonts" / "a.woff2").unlink()
    with pytest.raises(FileNotFoundError):
        assets.copy_design_system(package, tmp_path / "assets")
    assert not (tmp_path / "assets").exists()


def test_each_font_of_letters_is_copied_or_none(tmp_path):
    fonts = tomllib.loads(assets.FONTS.read_text())["font"]
    for font in fonts:
        (tmp_path / font["file"]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / font["file"]).write_bytes(b"font")
    assert assets.copy_fonts(tmp_path, tmp_path / "fonts") == len(fonts) > 2
    assert len(list((tmp_path / "fonts").iterdir())) == len(fonts)
    (tmp_path / fonts[-1]["file"]).unlink()
    with pytest.raises(FileNotFoundError):
        assets.copy_fonts(tmp_path, tmp_path / "fonts")
    assert len(list((tmp_path / "fonts").iterdir())) == len(fonts), "those that were there stay"


def test_the_sprite_keeps_the_icons_that_are_used():
    left = assets.icons(f"<svg>{SYMBOLS}</svg>", ["add", "undo"])
    assert left == '<svg><symbol id="add"><path/></symbol><symbol id="undo"><path/></symbol></svg>'


def test_an_icon_that_the_design_system_lacks_stops_it():
    with pytest.raises(assets.AssetsTrouble, match="no_such"):
        assets.icons("<svg></svg>", ["no_such"])


# --- The stylesheet's rules ---------------------------------------------------------------------------------------


def subset(css):
    return stylesheet.subset(css, classes=["kept", "kept--too"], fonts=["Here"])


@pytest.mark.parametrize(
    ("css", "left"),
    [
        ("h1{a:b}", "h1{a:b}"),
        (".kept:hover{a:b}", ".kept:hover{a:b}"),
        (".gone{a:b}", ""),
        (".kept .gone{a:b}", ""),
        (".kept.kept--too>a{a:b}", ".kept.kept--too>a{a:b}"),
        (".gone,.kept,h2{a:b}", ".kept,h2{a:b}"),
        (".kept:not(.gone){a:b}", ".kept:not(.gone){a:b}"),
        (".kept:not(.gone,.too){a:b}", ".kept:not(.gone,.too){a:b}"),
        (r".tablet\:kept{a:b}", ""),
        ("@media print{.gone{a:b}.kept{c:d}}", "@media print{.kept{c:d}}"),
        ("@media print{.gone{a:b}}", ""),
        (
            "@supports (a:b){@media print{.gone{a:b}}.kept{a:url(';}')}}",
            "@supports (a:b){.kept{a:url(';}')}}",
        ),
        ('.kept{content:"}"}.gone{content:"{"}', '.kept{content:"}"}'),
        (".kept{a:url(data:image/svg+xml;a,b)}", ".kept{a:url(data:image/svg+xml;a,b)}"),
        ("@font-face{font-family:Here;src:x}@font-face{font-family:Gone;src:x}", "@font-face{font-family:Here;src:x}"),
        ("@keyframes turn{0%{a:b}}.gone{animation:turn 1s}", ""),
        ("@keyframes turn{0%{a:b}}.kept{animation:turn 1s}", "@keyframes turn{0%{a:b}}.kept{animation:turn 1s}"),
        ('@charset "UTF-8";h1{a:b}', '@charset "UTF-8";h1{a:b}'),
        ("[type=a.gone]{a:b}", "[type=a.gone]{a:b}"),
    ],
)  # fmt: skip
def test_rules_that_are_used_stay_as_they_are(css, left):
    assert subset(css) == left


# --- What pages use -----------------------------------------------------------------------------------------------


def test_each_class_of_the_design_system_that_pages_use_is_kept():
    sources = [path for path in WEB.rglob("*") if path.suffix in (".html", ".py", ".js", ".css")]
    used = {name for path in sources for name in re.findall(r"\busa-[a-z0-9_-]+", path.read_text("utf-8"))}
    assert used - set(USED["classes"]) == set()


def test_each_icon_that_templates_name_is_kept():
    templates = list(WEB.rglob("*.html"))
    named = {name for path in templates for name in re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8"))}
    named |= {
        name
        for path in templates
        for name in re.findall(r'{% chip \S+ \S+ "([^"]+)"', path.read_text("utf-8"))
    }
    assert named - ICONS == set()


def test_each_icon_of_a_telling_is_kept():
    tellings = [
        *told_of_people.TELLINGS.values(),
        *news.FROM_THE_RECEIVER.values(),
        *news.FROM_THE_SENDER.values(),
    ]
    assert {telling.icon for telling in tellings} - ICONS == set()
