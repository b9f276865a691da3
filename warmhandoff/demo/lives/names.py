"""Names as one meets them in the county, from which the earlier months' people are named. Put together by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HE, SHE, THEY = "he/him", "she/her", "they/them"


@dataclass(frozen=True)
class Pool:
    """First names by pronoun, and last names that go with them. `two`: people often carry two last names."""

    weight: int
    men: str
    women: str
    last: str
    two: bool = False

    def first(self, pronouns: str) -> list[str]:
        both = f"{self.men} {self.women}" if pronouns == THEY else self.men if pronouns == HE else self.women
        return [name.replace("_", " ") for name in both.split()]

    def lasts(self) -> list[str]:
        return [name.replace("_", " ") for name in self.last.split()]


POOLS: Final = (
    Pool(
        47,
        "José Juan Luis Carlos Miguel Jesús Francisco Antonio Alejandro Manuel Rafael Ramiro Ricardo Eduardo Sergio Martín "
        "Javier Óscar Raúl Arturo Armando Hugo Iván Saúl Rogelio Efraín Fidel Adrián Abel Noé Isaías Ulises Marco_Antonio "
        "Juan_Carlos Víctor Gilberto Heriberto Wilfredo Edwin Kevin Brayan",
        "María Guadalupe Rosario Verónica Patricia Leticia Alejandra Gabriela Adriana Claudia Sandra Silvia Norma Lorena "
        "Mónica Elena Beatriz Marisol Yesenia Karina Jessica Vanessa Brenda Alma Esperanza Concepción Dolores Carmen Ana_María "
        "Rosa_Elena Lidia Irma Maricela Fabiola Wendy Stephanie Ximena Daniela",
        "García Martínez López González Rodríguez Pérez Sánchez Ramírez Cruz Flores Gómez Morales Vásquez Reyes Jiménez Torres "
        "Díaz Gutiérrez Ruiz Mendoza Aguilar Ortiz Castillo Chávez Ramos Herrera Medina Vargas Guzmán Castro Rojas Contreras "
        "Salazar Luna Delgado Ríos Soto Cervantes Campos Escobar Alvarado Velásquez Menjívar Argueta Portillo Cárdenas Rentería "
        "Villaseñor Zepeda Ochoa Barajas Magaña Arellano Tzoc Xicay",
        two=True,
    ),
    Pool(
        24,
        "Marcus Darnell Tyrone Jamal Andre DeShawn Reginald Terrell Maurice Cedric Lamar Jerome Isaiah Malik Darius Kendrick "
        "Demetrius Antoine Curtis Leroy Clarence Rodney Vernon Tremaine Quincy Jaylen Xavier Omari",
        "Tamika Latoya Keisha Shanice Monique Ebony Tanisha Aaliyah Brianna Jasmine Kiara Denisha Latrice Yvette Renee "
        "Charlene Bernice Gwendolyn Felicia Raven Imani Nia Porsha Tiana",
        "Johnson Williams Brown Jackson Davis Robinson Harris Thomas Washington Lewis Walker Jefferson Coleman Jenkins Perry "
        "Simmons Foster Bryant Alexander Griffin Hayes Gaines Dixon Booker Banks Mosley Ledet Batiste Fontenot Guillory "
        "Hightower Merriweather Pettway Sykes Tate Vaughn",
    ),
    Pool(
        12,
        "Michael Daniel Ryan Kyle Travis Justin Cody Brandon Scott Gregory Keith Dennis Wayne Russell Shane Derek",
        "Amber Heather Brittany Nicole Melissa Tiffany Stacy Dawn Kimberly Cheryl Megan Samantha Holly Brandi",
        "Miller Anderson Clark Hall Baker Nelson Carlson Kowalski Novak Hoffman Schultz Fitzgerald Sullivan Barrett Lindqvist "
        "Whitaker Pruitt Hargrove Stratton McKinney O’Rourke Delaney Petersen Volk",
    ),
    Pool(
        5,
        "Armen Tigran Vahe Narek Gevorg Hakob Levon Ara Sarkis Arsen",
        "Ani Lusine Nairi Gayane Mariam Hasmik Armine Talin",
        "Petrosian Grigoryan Hovhannisyan Harutyunyan Sarkisian Vardanyan Mkrtchyan Karapetyan Baghdasarian Ghazaryan",
    ),
    Pool(
        8,
        "Danny Jun Minh Kenji Dat Sopheap Jerome Arnel Rommel Tae-yang Wei Anthony Vuthy Bayani",
        "Mei Hanh Grace Marites Soo-jin Thuy Chenda Joy Lorna Xiaoling Sreymom Divina",
        "Nguyễn Trần Lê Kim Park Choi Chen Wong Liu Reyes Santos Bautista Manalo dela_Cruz Sok Chea Prak Tanaka Lim Aquino",
    ),
    Pool(
        4,
        "Sione Tevita Yousef Samir Amir Dakota Elias Fanuel Yonas",
        "Sina Mele Layla Noor Shirin Winona Selam Hiwot",
        "Tuiasosopo Fonoti Haddad Nasser Khalil Begay Tsosie Tesfaye Bekele Rahimi Farahani Leota",
    ),
)
