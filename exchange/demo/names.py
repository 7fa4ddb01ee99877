"""Names of people who do not exist, by where they might come from; drawn together by chance."""

from typing import Final, NamedTuple


class Country(NamedTuple):
    """How often people come from there, what they speak, and what they are called."""

    weight: int
    languages: tuple[tuple[str, int], ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]
    document: str
    """How an identity card's number looks: 9 stands for a digit, A for a capital letter."""


_WOMEN = (
    *("Wendy Marisol", "María José", "Keyla Nohemí", "Ana Lucía", "Glenda Xiomara", "Rosa Elvira"),
    *("Yessenia", "Karla Patricia", "Dunia", "Sofía Belén", "Begoña", "Norma Leticia", "Inés"),
    *("Dulce María", "Ángela", "Mirna Yolibeth", "Zoila Esperanza", "Nataly", "Iris Saraí"),
)
_MEN = (
    *("José Ángel", "Kevin Alexánder", "Óscar René", "Denis Ariel", "Luis Ángel", "Nahún"),
    *("Walter Josué", "Héctor Iván", "Íñigo", "Marvin Noé", "Juan Andrés", "Ramón", "Elías"),
    *("Cristóbal", "Germán Adolfo", "Julio César", "Tomás", "Santos Eleuterio", "Andrés Raúl"),
)

COUNTRIES: Final[dict[str, Country]] = {
    "HND": Country(
        34,
        (("spa", 94), ("cab", 4), ("miq", 2)),
        _WOMEN,
        _MEN,
        (
            *("Zúñiga", "Paz", "Pineda", "Núñez", "Mejía", "Ordóñez", "Castellanos", "Amaya"),
            *("Euceda", "Banegas", "Maradiaga", "Cálix", "Cárcamo", "Peña", "Zelaya", "Argueta"),
        ),
        "9999-9999-99999",
    ),
    "GTM": Country(
        24,
        (("spa", 62), ("quc", 12), ("kek", 10), ("mam", 10), ("kjb", 6)),
        (*_WOMEN, "Juana", "Petrona", "Catarina", "Candelaria"),
        (*_MEN, "Diego", "Gaspar", "Sebastián", "Baltazar"),
        (
            *("Ixcoy", "Tzunún", "Caal", "Pop", "Xol", "Choc", "Chávez", "Coc", "Velásquez"),
            *("Tecú", "Ramírez", "Us", "Ajanel", "Domingo", "Méndez", "Güitz", "Sacalxot"),
        ),
        "9999-99999-9999",
    ),
    "SLV": Country(
        13,
        (("spa", 100),),
        _WOMEN,
        _MEN,
        (
            *("Portillo", "Peña", "Menjívar", "Alvarenga", "Guardado", "Orellana", "Cañas"),
            *("Rivas", "Hernández", "Chicas", "Quinteros", "Ávalos", "Muñoz", "Escobar"),
        ),
        "99999999-9",
    ),
    "CUB": Country(
        9,
        (("spa", 100),),
        (*_WOMEN, "Yaíma", "Yusleidis", "Dayamí"),
        (*_MEN, "Yoandry", "Osmany", "Reinier"),
        ("Fariñas", "Pérez", "Leyva", "Hechavarría", "Nápoles", "Cruz", "Acuña", "Rodríguez"),
        "99999999999",
    ),
    "ECU": Country(
        6,
        (("spa", 92), ("qug", 8)),
        _WOMEN,
        _MEN,
        ("Guamán", "Quishpe", "Chicaiza", "Ñauta", "Morocho", "Ordóñez", "Sinchi", "Cárdenas"),
        "9999999999",
    ),
    "NIC": Country(
        5,
        (("spa", 97), ("miq", 3)),
        _WOMEN,
        _MEN,
        ("Úbeda", "Chavarría", "Zeledón", "Muñoz", "Blandón", "Sánchez", "Téllez", "Rugama"),
        "999-999999-9999A",
    ),
    "VEN": Country(
        5,
        (("spa", 100),),
        (*_WOMEN, "Yuleisy", "Génesis"),
        (*_MEN, "Yohender", "Jesús Alberto"),
        ("Briceño", "Urdaneta", "Villafañe", "Márquez", "Carreño", "Gutiérrez", "Albornoz"),
        "99999999",
    ),
    "BRA": Country(
        3,
        (("por", 100),),
        ("Maria Aparecida", "Luíza", "Conceição", "Thaís", "Jéssica"),
        ("João Vítor", "Antônio", "Éverton", "Luís Otávio", "Sebastião"),
        ("Gonçalves", "da Conceição", "dos Santos", "Araújo", "Guimarães", "Brandão", "Simões"),
        "99999999999",
    ),
    "PER": Country(
        1,
        (("spa", 100),),
        _WOMEN,
        _MEN,
        ("Quispe", "Mamani", "Huamán", "Ñahui", "Núñez", "Yupanqui"),
        "99999999",
    ),
}
"""Weights follow roughly who was returned in 2019; no list here is of real people."""

MEXICO: Final = Country(
    0, (("spa", 100),), _WOMEN, _MEN, ("Ibáñez", "Cervantes", "Nuño", "Treviño"), "999999999"
)
"""A Mexican national is never returned to Mexico; one is entered by mistake."""
