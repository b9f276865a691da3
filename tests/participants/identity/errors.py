"""People as they are, and what a counter hears and types of them: the errors, written apart from the keys that must survive them.

Nothing here reads the product's list of nicknames, its sounds or its keys: the pairs and the slips are this file's own.
`PEOPLE` are drawn with a fixed seed, so that each run asks the same questions. Some names are common and most are not, about half of the people have two surnames, one in twelve has no birth date on file.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta


def _words(text: str) -> list[str]:
    return text.split()


FIRST_ENGLISH = _words(
    "James Michael Robert John David William Richard Joseph Thomas Christopher Charles Daniel Matthew Anthony Mark Steven Andrew"
    " Joshua Kenneth Kevin Brian George Timothy Ronald Jason Edward Jeffrey Ryan Jacob Nicholas Gary Eric Jonathan Stephen Larry"
    " Justin Scott Brandon Benjamin Samuel Gregory Alexander Patrick Frank Raymond Jack Dennis Tyler Aaron Nathan Terrence Darnell"
    " Tyrone Marcus Jamal Andre Isaiah Demetrius Maurice Curtis Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Karen"
    " Sarah Lisa Nancy Sandra Ashley Emily Kimberly Margaret Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Sharon"
    " Cynthia Kathleen Amy Angela Shirley Brenda Pamela Nicole Samantha Katherine Christine Rachel Carolyn Janet Latoya Keisha"
    " Ebony Monique Tiffany Crystal Shanice Yolanda Tanya Denise Theresa Jacqueline"
)
FIRST_SPANISH = _words(
    "José Juan Luis Carlos Jesús Miguel Francisco Pedro Alejandro Manuel Roberto Fernando Daniel Jorge Ricardo Eduardo Javier"
    " Antonio Rafael Martín Raúl Enrique Ramón Sergio Guillermo Salvador Arturo Gustavo Ignacio Rubén Alfredo Víctor Héctor Óscar"
    " Mario Andrés Armando Gerardo Julio César Ernesto Rogelio Vicente Alberto Rodolfo Felipe Gilberto Ismael Hugo Adrián María"
    " Guadalupe Rosa Ana Juana Leticia Patricia Verónica Margarita Elena Silvia Gabriela Alejandra Adriana Teresa Carmen Lucía"
    " Martha Josefina Yolanda Norma Claudia Gloria Graciela Araceli Isabel Cecilia Maricela Esperanza Dolores Rosario Consuelo"
    " Beatriz Francisca Concepción Mónica Sofía Daniela Mercedes Fernanda Xóchitl Esmeralda Marisol Inés"
)
LAST_ENGLISH = _words(
    "Smith Johnson Williams Brown Jones Davis Miller Wilson Anderson Thomas Taylor Moore Jackson Lee Thompson White Harris Clark"
    " Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall Campbell Mitchell Carter Roberts"
    " Phillips Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers Morgan Peterson Cooper Reed Bailey Bell"
    " Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray Hughes Price Myers Long Foster Sanders Ross Powell Sullivan"
    " Russell Jenkins Perry Butler Barnes Fisher Henderson Coleman Simmons Patterson Jordan Reynolds Hamilton Graham Wallace"
    " Griffin Hayes Washington Jefferson Booker Banks Mosley Gaines Okafor Nguyen Tran Pham Kim Park Chen Wong Patel Singh"
    " O'Neill McDonald McKenzie Fitzgerald Schneider Kowalski Whitfield Abernathy Stallworth"
)
LAST_SPANISH = _words(
    "García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Torres Flores Rivera Gómez Díaz Cruz Reyes Morales"
    " Gutiérrez Ortiz Chávez Ramos Ruiz Álvarez Mendoza Vásquez Castillo Jiménez Moreno Romero Herrera Medina Aguilar Garza Castro"
    " Vargas Fernández Guzmán Muñoz Méndez Salazar Soto Delgado Peña Ríos Alvarado Sandoval Contreras Valdez Guerrero Ortega"
    " Estrada Núñez Maldonado Vega Vela Cárdenas Ibarra Zapata Cervantes Espinoza Figueroa Acosta Ávila Rojas Trujillo Serrano"
    " Velásquez Juárez Cabrera Lozano Padilla Marquez Molina Ochoa Pacheco Rosales Robles Zavala Villanueva Villarreal Escobar"
    " Quintero Galván Bautista Barrera Camacho Duarte Enríquez Huerta Hinojosa Jaramillo Leyva Macías Nájera Olvera Quezada"
    " Tovar Ugalde Valenzuela Ximénez Zamora Zúñiga Arellano Benavides Calderón Dávila"
)
# What people of that name are called where they live; this file's own list.
CALLED = {
    "José": ("Pepe", "Joe"), "Roberto": ("Beto", "Bob"), "Francisco": ("Pancho", "Paco", "Frank"), "Jesús": ("Chuy",),
    "Guillermo": ("Memo", "Bill"), "Ignacio": ("Nacho",), "Eduardo": ("Lalo", "Eddie"), "Enrique": ("Kike", "Henry"),
    "Gustavo": ("Gus", "Tavo"), "Alejandro": ("Alex",), "Manuel": ("Manny", "Manolo"), "Miguel": ("Mike",),
    "Antonio": ("Toño", "Tony"), "Rafael": ("Rafa",), "Vicente": ("Chente",), "Salvador": ("Chava",), "Fernando": ("Nando",),
    "Guadalupe": ("Lupe", "Lupita"), "Leticia": ("Lety",), "Rosario": ("Chayo",), "Graciela": ("Chela",), "Gabriela": ("Gaby",),
    "Consuelo": ("Chelo",), "Mercedes": ("Meche",), "Josefina": ("Josie",), "Alejandra": ("Ale",), "Dolores": ("Lola",),
    "Teresa": ("Tere", "Terry"), "Margarita": ("Margie",), "Concepción": ("Concha",), "Verónica": ("Vero",), "Rogelio": ("Roy",),
    "William": ("Bill", "Will", "Billy"), "Robert": ("Bob", "Bobby", "Rob"), "Richard": ("Rick", "Dick"), "James": ("Jim", "Jimmy"),
    "Michael": ("Mike",), "Joseph": ("Joe",), "Thomas": ("Tom",), "Christopher": ("Chris",), "Charles": ("Chuck", "Charlie"),
    "Daniel": ("Dan", "Danny"), "Matthew": ("Matt",), "Anthony": ("Tony",), "Steven": ("Steve",), "Kenneth": ("Ken", "Kenny"),
    "Timothy": ("Tim",), "Ronald": ("Ron",), "Edward": ("Ed", "Eddie", "Ted"), "Jeffrey": ("Jeff",), "Nicholas": ("Nick",),
    "Benjamin": ("Ben",), "Samuel": ("Sam",), "Gregory": ("Greg",), "Alexander": ("Alex",), "Raymond": ("Ray",), "Terrence": ("Terry",),
    "Elizabeth": ("Liz", "Beth", "Betty"), "Jennifer": ("Jen", "Jenny"), "Patricia": ("Pat", "Patty", "Tricia"),
    "Barbara": ("Barb",), "Jessica": ("Jess",), "Kimberly": ("Kim",), "Margaret": ("Peggy", "Maggie"), "Amanda": ("Mandy",),
    "Deborah": ("Debbie",), "Rebecca": ("Becky",), "Cynthia": ("Cindy",), "Samantha": ("Sam",), "Katherine": ("Kate", "Kathy"),
    "Stephanie": ("Steph",), "Pamela": ("Pam",), "Theresa": ("Terry",), "Jacqueline": ("Jackie",), "Jonathan": ("Jon",),
}  # fmt: skip
# As one writes what one hears: (written so, heard so). Each is tried both ways.
HEARD = (
    ("z", "s"), ("v", "b"), ("c", "s"), ("h", ""), ("j", "g"), ("ll", "y"), ("ll", "l"), ("nn", "n"), ("rr", "r"), ("ph", "f"),
    ("ck", "k"), ("i", "y"), ("ie", "ei"), ("ou", "u"), ("ea", "ee"), ("son", "sen"), ("qu", "k"), ("gu", "g"), ("x", "j"),
    ("tz", "z"), ("tt", "t"), ("ss", "s"), ("ar", "er"), ("or", "er"), ("e", "a"), ("mp", "m"), ("c", "k"), ("th", "t"), ("oo", "u"),
)  # fmt: skip
NEXT_TO = {
    "a": "qsz", "b": "vgn", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok", "j": "hku",
    "k": "jli", "l": "kop", "m": "nj", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf", "s": "adw", "t": "ryg",
    "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xas",
}  # fmt: skip


@dataclass(frozen=True)
class Someone:
    """As they are, or as they were told."""

    first: str
    last: str
    born: date | None
    phone: str
    mail: str = ""
    area: str = ""


def people(count: int, seed: int = 4) -> list[Someone]:
    dice = random.Random(seed)
    return [_someone(dice, number) for number in range(count)]


def _someone(dice: random.Random, number: int) -> Someone:
    spanish = dice.random() < 0.55
    first = _drawn(dice, FIRST_SPANISH if spanish else FIRST_ENGLISH)
    last = _drawn(dice, LAST_SPANISH if spanish else LAST_ENGLISH)
    if spanish and dice.random() < 0.8:
        last = f"{last} {_drawn(dice, LAST_SPANISH)}"
    if dice.random() < 0.1:
        first = f"{first} {_drawn(dice, FIRST_SPANISH if spanish else FIRST_ENGLISH)}"
    born = date(1955, 1, 1) + timedelta(days=dice.randrange(19_000))
    return Someone(
        first,
        last,
        born if dice.random() > 1 / 12 else None,
        f"{dice.choice(('213', '323', '310', '818', '562'))}{dice.randrange(2_000_000, 9_999_999)}"
        if dice.random() < 0.9
        else "",
        f"{first.split()[0].lower()}{number}@mail.example" if dice.random() < 0.4 else "",
        f"area{dice.randrange(6)}" if dice.random() < 0.7 else "",
    )


def _drawn(dice: random.Random, names: list[str]) -> str:
    """The k-th name 1/(k+25) as often: the commonest is borne by one in forty, as José and García are in Los Angeles."""
    return dice.choices(names, weights=[1 / (k + 25) for k in range(len(names))])[0]


# --- Errors -------------------------------------------------------------------------------------------------------

Error = Callable[[random.Random, Someone], Someone | None]


def misspelt_last_name(dice: random.Random, one: Someone) -> Someone | None:
    return _with_last_part(dice, one, _misheard)


def misspelt_first_name(dice: random.Random, one: Someone) -> Someone | None:
    first = _misheard(dice, one.first)
    return replace(one, first=first) if first else None


def slip_in_last_name(dice: random.Random, one: Someone) -> Someone | None:
    return _with_last_part(dice, one, _slipped)


def slip_in_first_name(dice: random.Random, one: Someone) -> Someone | None:
    first = _slipped(dice, one.first)
    return replace(one, first=first) if first else None


def slips_in_both_names(dice: random.Random, one: Someone) -> Someone | None:
    half = slip_in_first_name(dice, one)
    return slip_in_last_name(dice, half) if half else None


def nickname(dice: random.Random, one: Someone) -> Someone | None:
    called = CALLED.get(one.first)
    return replace(one, first=dice.choice(called)) if called else None


def swapped_day_and_month(dice: random.Random, one: Someone) -> Someone | None:
    if not one.born or one.born.day > 12 or one.born.day == one.born.month:
        return None
    return replace(one, born=one.born.replace(month=one.born.day, day=one.born.month))


def wrong_digit_in_birth_date(dice: random.Random, one: Someone) -> Someone | None:
    if not one.born:
        return None
    for _ in range(20):
        part = dice.choice(("year", "month", "day"))
        wrong = getattr(one.born, part) + dice.choice((-10, -1, 1, 10) if part == "year" else (-1, 1))
        try:
            return replace(one, born=one.born.replace(**{part: wrong}))
        except ValueError:
            continue
    return None


def married_name(dice: random.Random, one: Someone) -> Someone | None:
    return replace(one, last=_drawn(dice, LAST_ENGLISH + LAST_SPANISH)) if one.born else None


def one_of_two_surnames(dice: random.Random, one: Someone) -> Someone | None:
    parts = one.last.split()
    return replace(one, last=dice.choice(parts)) if len(parts) == 2 else None


def one_surname_married(dice: random.Random, one: Someone) -> Someone | None:
    parts = one.last.split()
    if len(parts) != 2:
        return None
    parts[dice.randrange(2)] = _drawn(dice, LAST_ENGLISH + LAST_SPANISH)
    return replace(one, last=" ".join(parts))


def surnames_the_other_way_round(dice: random.Random, one: Someone) -> Someone | None:
    parts = one.last.split()
    return replace(one, last=" ".join(reversed(parts))) if len(parts) == 2 else None


def hyphenated(dice: random.Random, one: Someone) -> Someone | None:
    return replace(one, last=one.last.replace(" ", "-")) if " " in one.last else None


def accents_off(dice: random.Random, one: Someone) -> Someone | None:
    bare = replace(one, first=_bare(one.first), last=_bare(one.last).lower())
    return bare if bare != one else None


def names_in_the_wrong_fields(dice: random.Random, one: Someone) -> Someone | None:
    return replace(one, first=one.last, last=one.first)


def phone_changed(dice: random.Random, one: Someone) -> Someone | None:
    return replace(one, phone=_new_phone(dice))


def no_birth_date(dice: random.Random, one: Someone) -> Someone | None:
    return replace(one, born=None)


def without_birth_date_and_misspelt(dice: random.Random, one: Someone) -> Someone | None:
    """The weakest case there is: the phone is new too."""
    return misspelt_last_name(dice, replace(one, born=None, phone="", mail=""))


def nickname_and_misspelt(dice: random.Random, one: Someone) -> Someone | None:
    half = nickname(dice, one)
    return misspelt_last_name(dice, half) if half else None


def nickname_and_phone_alone(dice: random.Random, one: Someone) -> Someone | None:
    half = nickname(dice, replace(one, born=None)) if one.phone else None
    return replace(half, last="") if half else None


ERRORS: dict[str, Error] = {
    error.__name__: error
    for error in (
        misspelt_last_name, misspelt_first_name, slip_in_last_name, slip_in_first_name, slips_in_both_names, nickname,
        swapped_day_and_month, wrong_digit_in_birth_date, married_name, one_surname_married, one_of_two_surnames, surnames_the_other_way_round,
        hyphenated, accents_off, names_in_the_wrong_fields, phone_changed, no_birth_date, without_birth_date_and_misspelt,
        nickname_and_misspelt, nickname_and_phone_alone,
    )
}  # fmt: skip


def told(dice: random.Random, one: Someone) -> Someone:
    """What the counter hears of somebody, an error aside.

    The phone is often a new one or not asked, mail hardly ever told; people move; one in a hundred was given another birth date.
    """
    area = one.area if dice.random() < 0.5 else "" if dice.random() < 0.6 else f"area{dice.randrange(6)}"
    phone = one.phone if dice.random() < 0.5 else "" if dice.random() < 0.6 else _new_phone(dice)
    born = one.born
    if born and dice.random() < 0.01:
        born = born.replace(year=born.year - dice.randrange(2, 9), month=1, day=1)
    return replace(one, born=born, area=area, phone=phone, mail=one.mail if dice.random() < 0.2 else "")


def mistaken(dice: random.Random, one: Someone, error: Error) -> Someone | None:
    """What is heard of somebody, with that error; None where it doesn't apply to them."""
    heard = error(dice, told(dice, one) if error is not nickname_and_phone_alone else one)
    return heard if heard and (heard.first or heard.last) else None


def _new_phone(dice: random.Random) -> str:
    return f"747{dice.randrange(2_000_000, 9_999_999)}"


# --- Slips of ear and hand ----------------------------------------------------------------------------------------


def _with_last_part(
    dice: random.Random, one: Someone, spoil: Callable[[random.Random, str], str]
) -> Someone | None:
    parts = one.last.split()
    if not parts:
        return None
    place = dice.randrange(len(parts))
    spoilt = spoil(dice, parts[place])
    if not spoilt:
        return None
    parts[place] = spoilt
    return replace(one, last=" ".join(parts))


def _misheard(dice: random.Random, name: str) -> str:
    """One sound written another way, or two; nothing where the name has none of those sounds."""
    name = _bare(name).lower()
    ways = [(a, b) for pair in HEARD for a, b in (pair, pair[::-1]) if a and a in name[0 if b else 1 :]]
    dice.shuffle(ways)
    spoilt = name
    times = 1 if dice.random() < 0.7 else 2
    for heard, written in ways:
        tried = spoilt.replace(heard, written, 1)
        if len(tried) >= 3 and tried not in (name, spoilt):
            spoilt, times = tried, times - 1
        if not times:
            break
    return spoilt.title() if spoilt != name else ""


def _slipped(dice: random.Random, name: str) -> str:
    """One key missed, doubled, hit beside, or two in the other order."""
    name = _bare(name).lower()
    if len(name) < 4:
        return ""
    for _ in range(10):
        at = dice.randrange(len(name))
        kind = dice.choice(("missed", "doubled", "beside", "order"))
        if kind == "missed":
            spoilt = name[:at] + name[at + 1 :]
        elif kind == "doubled":
            spoilt = name[:at] + name[at] + name[at:]
        elif kind == "beside":
            spoilt = name[:at] + dice.choice(NEXT_TO.get(name[at], name[at])) + name[at + 1 :]
        else:
            spoilt = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
        if spoilt != name:
            return spoilt.title()
    return ""


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
