"""Fields of the form for social assistance, KOSTRA 11F, as reported for 2024.

Names and lengths are facts of the file description for the reporting year 2024
(statisticsnorway/kostra-kontrollprogram, MIT licence). Positions shift from year to year, so a file
is read by the names of fields; the layouts of 2016 to 2019 are not confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Reporting year that the lengths are of, as VERSION has it.
VERSION = "24"

# Length of each field; a record is all of them, one after another.
FIELDS: Mapping[str, int] = MappingProxyType(
    {
        "KOMMUNE_NR": 4,
        "VERSION": 2,
        "BYDELSNR": 2,
        "PERSON_JOURNALNR": 8,
        "PERSON_FODSELSNR": 11,
        "PERSON_DUF": 12,
        "KJONN": 1,
        "EKTSTAT": 1,
        "BU18": 1,
        "ANTBU18": 2,
        "VKLO": 1,
        "TRYGDESIT": 2,
        "ARBSIT": 2,
        "STMND_1": 2,
        "STMND_2": 2,
        "STMND_3": 2,
        "STMND_4": 2,
        "STMND_5": 2,
        "STMND_6": 2,
        "STMND_7": 2,
        "STMND_8": 2,
        "STMND_9": 2,
        "STMND_10": 2,
        "STMND_11": 2,
        "STMND_12": 2,
        "BIDRAG": 7,
        "LAAN": 7,
        "BIDRAG_JAN": 7,
        "LAAN_JAN": 7,
        "BIDRAG_FEB": 7,
        "LAAN_FEB": 7,
        "BIDRAG_MARS": 7,
        "LAAN_MARS": 7,
        "BIDRAG_APRIL": 7,
        "LAAN_APRIL": 7,
        "BIDRAG_MAI": 7,
        "LAAN_MAI": 7,
        "BIDRAG_JUNI": 7,
        "LAAN_JUNI": 7,
        "BIDRAG_JULI": 7,
        "LAAN_JULI": 7,
        "BIDRAG_AUG": 7,
        "LAAN_AUG": 7,
        "BIDRAG_SEPT": 7,
        "LAAN_SEPT": 7,
        "BIDRAG_OKT": 7,
        "LAAN_OKT": 7,
        "BIDRAG_NOV": 7,
        "LAAN_NOV": 7,
        "BIDRAG_DES": 7,
        "LAAN_DES": 7,
        "GITT_OKONOMIRAD": 1,
        "FAAT_INDIVIDUELL_PLAN": 1,
        "SAKSBEHANDLER": 10,
        "BOSIT": 1,
        "VILKARSOSLOV": 1,
        "VILKARSAMEKT": 1,
        "UTBETDATO": 6,
        "UTBETTOMDATO": 6,
        "VILKARARBEID": 2,
        "VILKARKURS": 2,
        "VILKARUTD": 2,
        "VILKARJOBBLOG": 2,
        "VILKARJOBBTILB": 2,
        "VILKARSAMT": 2,
        "VILKAROKRETT": 2,
        "VILKARLIVSH": 2,
        "VILKARHELSE": 2,
        "VILKARANNET": 2,
        "VILKARDIGPLAN": 2,
        "VILKARNORSKSAMISKOPPL": 2,
        "VEDTAKDATO": 6,
        "VEDTAKARB": 2,
        "VEDTAKAKT": 2,
        "VEDTAKHELSE": 2,
        "VEDTAKGRUNN": 2,
        "SANKSJONRED": 2,
        "SANKSJONANDRE": 2,
    }
)

# Words of the months in the names of amounts, January first.
MONTHS = (
    "JAN",
    "FEB",
    "MARS",
    "APRIL",
    "MAI",
    "JUNI",
    "JULI",
    "AUG",
    "SEPT",
    "OKT",
    "NOV",
    "DES",
)

# Code that each field holds where its box is crossed.
CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "VILKARARBEID": "16",
        "VILKARKURS": "17",
        "VILKARUTD": "04",
        "VILKARJOBBLOG": "06",
        "VILKARJOBBTILB": "07",
        "VILKARSAMT": "08",
        "VILKAROKRETT": "10",
        "VILKARLIVSH": "18",
        "VILKARHELSE": "14",
        "VILKARANNET": "15",
        "VILKARDIGPLAN": "19",
        "VILKARNORSKSAMISKOPPL": "20",
    }
)
EXEMPTIONS: Mapping[str, str] = MappingProxyType(
    {"VEDTAKARB": "01", "VEDTAKAKT": "02", "VEDTAKHELSE": "03", "VEDTAKGRUNN": "04"}
)
SANCTIONS: Mapping[str, str] = MappingProxyType({"SANKSJONRED": "01", "SANKSJONANDRE": "02"})


def places() -> Mapping[str, tuple[int, int]]:
    """Return first place, from 1, and length of each field in a record without separators."""
    start, found = 1, {}
    for name, length in FIELDS.items():
        found[name] = (start, length)
        start += length
    return found
