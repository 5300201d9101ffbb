"""The few words on a traveller's page and document, in the languages they are known in; English for all others."""

WORDS = {
    "en": {
        "where": "Where",
        "asset": "Vehicle",
        "from": "Valid from",
        "until": "Valid until",
        "key": "The key",
        "ticket": "Ticket",
        "show": "Show this code to the reader.",
        "open": "Open in the app",
        "map": "Show on a map",
        "gone_title": "No longer valid",
        "gone": "This ride is over, or its time has passed.",
        "unknown_title": "Not found",
        "unknown": "There is nothing at this address. Has all of it been copied?",
    },
    "nl": {
        "where": "Waar",
        "asset": "Voertuig",
        "from": "Geldig vanaf",
        "until": "Geldig tot",
        "key": "De sleutel",
        "ticket": "Kaartje",
        "show": "Laat deze code aan de lezer zien.",
        "open": "Openen in de app",
        "map": "Op de kaart",
        "gone_title": "Niet meer geldig",
        "gone": "Deze rit is voorbij, of de tijd ervan is verstreken.",
        "unknown_title": "Niet gevonden",
        "unknown": "Op dit adres is niets. Is het helemaal overgenomen?",
    },
}


def words_in(language: str) -> dict[str, str]:
    """The words in the language of a tag such as `nl-NL`."""
    return WORDS.get(language.split("-")[0].lower(), WORDS["en"])
