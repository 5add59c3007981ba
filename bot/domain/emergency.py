"""Whom to call, by the country a person chose: only numbers whose source is named; every other one stays unknown."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Numbers:
    """`emergency` reaches every emergency service. `crisis` is a free line for people in despair, where it is known.

    Each emergency number was compared with Google's libphonenumber 9.0.43 (short number metadata) on 2026-11-25.
    """

    emergency: str
    source: str
    crisis: str | None = None


NUMBERS: Mapping[str, Numbers] = {
    "EU": Numbers("112", "Directive (EU) 2018/1972, Article 109: 112 in every member state"),
    "GB": Numbers("999", "Ofcom, General Condition A3: 999 and 112"),
    # The line: Substance Abuse and Mental Health Services Administration, 988lifeline.org.
    "US": Numbers("911", "Wireless Communications and Public Safety Act of 1999 (47 U.S.C. 251(e)(3))", crisis="988"),
    # The line: Canadian Radio-television and Telecommunications Commission, Telecom Regulatory Policy 2022-234.
    "CA": Numbers("911", "CRTC, 9-1-1 services", crisis="988"),
    "AU": Numbers("000", "Telecommunications (Emergency Call Service) Determination 2019: Triple Zero"),
    "NZ": Numbers("111", "New Zealand Police, 111 emergency"),
}

ELSEWHERE = "other"
COUNTRIES = (*NUMBERS, ELSEWHERE)
"""What can be chosen; "EU" is any of the European Union's countries, which share one number."""
