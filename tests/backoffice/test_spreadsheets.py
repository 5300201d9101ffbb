"""Assets, stations and plans as spreadsheets: exported, changed, previewed and confirmed; all or nothing."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from apps.assets.models import Asset, AssetIdentifier
from apps.pricing.models import FarePart, PricingPlan
from apps.stations.models import Station
from tests import factories

CSV, XLSX = "0", "1"
Row = dict[str, Any]


class Spreadsheets:
    """What a member of staff does over a list of the admin; `table` is the number of the table that is chosen."""

    def __init__(self, client: Client, name: str, table: int = 0) -> None:
        self.client, self.name, self.table = client, name, table

    def page(self, action: str) -> str:
        return reverse(f"admin:{self.name}_{action}")

    def export(self, kind: str = CSV) -> list[Row]:
        """The rows of an exported file."""
        answer = self.client.post(self.page("export"), {"format": kind, "resource": self.table})
        assert answer.status_code == 200, answer
        if kind == CSV:
            return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        names, *rows = sheet.iter_rows(values_only=True)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def preview(self, rows: list[Row], kind: str = CSV) -> Any:
        """The page that shows what a file of these rows will do."""
        sent = {"format": kind, "resource": self.table, "import_file": _file(rows, kind)}
        answer = self.client.post(self.page("import"), sent)
        assert answer.status_code == 200, answer
        return answer

    def confirm(self, preview: Any) -> Any:
        """What comes of pressing the button."""
        form = preview.context["confirm_form"]
        return self.client.post(self.page("process_import"), form.initial, follow=True)

    def imports(self, rows: list[Row], kind: str = CSV) -> Any:
        return self.confirm(self.preview(rows, kind))


def _file(rows: list[Row], kind: str) -> SimpleUploadedFile:
    if kind == CSV:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        return SimpleUploadedFile("rows.csv", text.getvalue().encode())
    book, content = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        sheet.append(row)
    book.save(content)
    return SimpleUploadedFile("rows.xlsx", content.getvalue())


@pytest.fixture
def square(operator: Any) -> Station:
    return factories.StationFactory(station_id="square", region=factories.RegionFactory(region_id="centre"))


@pytest.fixture
def bike(square: Station) -> Asset:
    kind = factories.AssetTypeFactory(type_id="bike")
    return factories.AssetFactory(code="B1", asset_type=kind, station=square, state_of_charge=50, mileage=12.5)


def columns(row: Any) -> Row:
    """What a row of the database holds."""
    held = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: value.data if hasattr(value, "data") else value for name, value in held.items()}


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_no_text_is_a_formula_and_all_are_read_back(square: Station, admin_client: Client, kind: str) -> None:
    texts = {"street_address": "@home", "postal_code": "'=1", "area_reference": "＝1", "contact_phone": "+31 30 123"}
    Station.objects.update(name={"en": "=1+1"}, longitude=-0.5, **texts)
    before, sheets = columns(Station.objects.get()), Spreadsheets(admin_client, "stations_station")
    (row,) = sheets.export(kind)
    written = {**texts, "name_en": "'=1+1", "street_address": "'@home", "postal_code": "''=1", "area_reference": "'＝1"}
    assert {name: row[name] for name in written} == written
    assert float(row["longitude"]) == -0.5
    assert b"Import finished" in sheets.imports([{**row, "capacity": 7}], kind).content
    assert columns(Station.objects.get()) == {**before, "capacity": 7}


@pytest.mark.parametrize("kind", [CSV, XLSX])
@pytest.mark.parametrize(
    ("name", "table", "model"),
    [
        ("stations_station", 0, Station),
        ("assets_asset", 0, Asset),
        ("assets_asset", 1, AssetIdentifier),
        ("pricing_pricingplan", 0, PricingPlan),
        ("pricing_pricingplan", 1, FarePart),
    ],
)
def test_what_is_exported_is_the_same_when_imported(
    bike: Asset, admin_client: Client, kind: str, name: str, table: int, model: Any
) -> None:
    for code in ("first", "second"):
        AssetIdentifier.objects.create(asset=bike, kind="QR", value=code)
    factories.StationFactory(
        key_place={"en": "Ask"}, stop_references=[{"type": "NS_CODE", "id": "UT", "country": "NL"}]
    )
    surge = {"kind": "SURGE", "days": ["FRI", "SAT"], "start_time": "17:00", "end_time": "19:15"}
    FarePart.objects.create(plan=bike.asset_type.pricing_plan, position=7, type="FIXED", amount="0.0125", **surge)
    sheets = Spreadsheets(admin_client, name, table)
    rows = sheets.export(kind)
    assert len(rows) == model.objects.count()
    before = [columns(row) for row in model.objects.order_by("pk")]
    preview = sheets.preview(rows, kind)
    assert preview.context["result"].totals["skip"] == len(rows), [r.diff for r in preview.context["result"]]
    sheets.confirm(preview)
    assert [columns(row) for row in model.objects.order_by("pk")] == before
    # and every row anew
    changed = [{**row, "state": ""} if "state" in row else row for row in rows]
    if model is not PricingPlan:
        model.objects.all().delete()
    assert b"Import finished" in sheets.imports(changed, kind).content
    created = [columns(row) for row in model.objects.order_by("pk")]
    own = {"id", "public_id", "position_at"}
    assert [{k: v for k, v in row.items() if k not in own} for row in created] == [
        {k: v for k, v in row.items() if k not in own} for row in before
    ]


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_a_preview_shows_what_will_change_and_changes_nothing(bike: Asset, admin_client: Client, kind: str) -> None:
    sheets = Spreadsheets(admin_client, "assets_asset")
    (row,) = sheets.export(kind)
    assert {name: row[name] for name in ("asset_code", "asset_type_id", "station_id", "state")} == {
        "asset_code": "B1",
        "asset_type_id": "bike",
        "station_id": "square",
        "state": "AVAILABLE",
    }
    new = {**row, "asset_code": "B2", "station_id": "", "home_station_id": "square"}
    preview = sheets.preview([{**row, "state_of_charge": 90}, new], kind)
    assert "<del" in preview.text
    assert "90" in preview.text
    assert preview.context["result"].totals | {"skip": 0} == {
        "new": 1,
        "update": 1,
        "delete": 0,
        "skip": 0,
        "error": 0,
        "invalid": 0,
    }
    assert Asset.objects.get().state_of_charge == 50
    sheets.confirm(preview)
    bike.refresh_from_db()
    assert bike.state_of_charge == 90
    made = Asset.objects.get(code="B2")
    assert (made.station, made.home_station, made.state, made.asset_type) == (
        None,
        bike.station,
        "AVAILABLE",
        bike.asset_type,
    )


def test_a_state_is_never_imported_and_a_position_gets_its_moment(bike: Asset, admin_client: Client) -> None:
    sheets = Spreadsheets(admin_client, "assets_asset")
    (row,) = sheets.export()
    at = bike.position_at
    sheets.imports([{**row, "state": "RETIRED", "mileage": "13"}])
    bike.refresh_from_db()
    assert (bike.state, bike.mileage, bike.position_at) == ("AVAILABLE", 13, at)
    sheets.imports([{**row, "latitude": "52.5"}])
    bike.refresh_from_db()
    assert bike.latitude == 52.5
    assert bike.position_at > at


def test_columns_that_are_missing_change_nothing(bike: Asset, admin_client: Client) -> None:
    Spreadsheets(admin_client, "assets_asset").imports([{"asset_code": "B1", "mileage": "99"}])
    before = columns(bike)
    bike.refresh_from_db()
    assert columns(bike) == {**before, "mileage": 99.0}


@pytest.mark.parametrize(
    ("fields", "named", "words"),
    [
        ({"station_id": "nowhere"}, "station", "There is no station nowhere."),
        ({"latitude": "north"}, "latitude", "must be a float"),
        ({"state_of_charge": "1.5"}, "state_of_charge", "must be an integer"),
        ({"state_of_charge": "101"}, "__all__", "a percentage, from 0 to 100"),
        ({"state_of_charge": "-1"}, "state_of_charge", "greater than or equal to 0"),
        ({"latitude": "91"}, "__all__", "The latitude lies from -90 to 90"),
        ({"mileage": "NaN"}, "__all__", "The mileage is a number of kilometres"),
        ({"mileage": "1e99"}, "__all__", "The mileage is a number of kilometres"),
        ({"mileage": "-4"}, "__all__", "The mileage is a number of kilometres"),
        ({"asset_type_id": "scooter"}, "asset_type", "An asset keeps its type"),
        ({"asset_code": "", "mileage": "1"}, "code", "cannot be blank"),
    ],
)
@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_a_bad_row_is_named_and_leaves_nothing_changed(
    bike: Asset, admin_client: Client, kind: str, fields: Row, named: str, words: str
) -> None:
    factories.AssetTypeFactory(type_id="scooter")
    sheets = Spreadsheets(admin_client, "assets_asset")
    (row,) = sheets.export(kind)
    good = [{**row, "mileage": 1000}, {**row, "asset_code": "B9"}]
    preview = sheets.preview([*good, {**row, **fields}], kind)
    result = preview.context["result"]
    (invalid,) = result.invalid_rows
    assert (invalid.number, words in str(invalid.error_dict[named])) == (3, True), invalid.error_dict
    assert "confirm_form" not in preview.context
    before = columns(bike)
    bike.refresh_from_db()
    assert (columns(bike), Asset.objects.count()) == (before, 1)


def test_what_no_longer_fits_when_it_is_confirmed_leaves_nothing_changed(bike: Asset, admin_client: Client) -> None:
    sheets = Spreadsheets(admin_client, "assets_asset")
    (row,) = sheets.export()
    pier = factories.StationFactory(station_id="pier")
    preview = sheets.preview([{**row, "mileage": "1000"}, {**row, "asset_code": "B2", "station_id": "pier"}])
    pier.delete()
    answer = sheets.confirm(preview)
    assert "The file no longer fits" in answer.text
    bike.refresh_from_db()
    assert (bike.mileage, Asset.objects.count()) == (12.5, 1)


def test_a_file_waits_an_hour(bike: Asset, admin_client: Client) -> None:
    sheets = Spreadsheets(admin_client, "assets_asset")
    (row,) = sheets.export()
    preview = sheets.preview([{**row, "mileage": "1000"}])
    name = preview.context["confirm_form"].initial["import_file_name"]
    assert caches["imports"].get(name) is not None
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert caches["imports"].get(name) is None
    assert "not kept any more" in sheets.confirm(preview).text
    bike.refresh_from_db()
    assert bike.mileage == 12.5
    sheets.confirm(sheets.preview([{**row, "mileage": "1000"}]))
    bike.refresh_from_db()
    assert bike.mileage == 1000


def test_files_that_are_none_are_refused(bike: Asset, admin_client: Client) -> None:
    address = reverse("admin:assets_asset_import")
    for content, kind in ((b"PK nothing", XLSX), (b"\xff\xfe\x00", CSV), (b"", CSV)):
        sent = {"format": kind, "resource": 0, "import_file": SimpleUploadedFile("x", content)}
        answer = admin_client.post(address, sent)
        assert answer.status_code == 200
        assert answer.context["form"].errors["import_file"]
    preview = Spreadsheets(admin_client, "assets_asset").preview([{"mileage": "1"}])
    assert "asset_code" in str(preview.context["result"].base_errors[0].error)


def test_a_file_that_is_not_utf_8_is_told_so(bike: Asset, admin_client: Client) -> None:
    sent = SimpleUploadedFile("x", "asset_code,key_place_en\nB1,Café\n".encode("latin-1"))
    answer = admin_client.post(
        reverse("admin:assets_asset_import"), {"format": CSV, "resource": 0, "import_file": sent}
    )
    assert "not UTF-8" in str(answer.context["form"].errors["import_file"])


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("asset_code,mileage,mileage", "more than once: mileage"),
        ("asset_code,milage,foo", "Nothing here is called foo, milage"),
        ("mileage,latitude,code", "no column asset_code"),
        ("<b>asset_code</b>;mileage", "no column asset_code"),
    ],
)
def test_columns_that_cannot_be_are_named_and_no_more_is_told(
    bike: Asset, admin_client: Client, names: str, words: str
) -> None:
    sent = SimpleUploadedFile("x", f"{names}\nB1,1,2\n".encode())
    answer = admin_client.post(
        reverse("admin:assets_asset_import"), {"format": CSV, "resource": 0, "import_file": sent}
    )
    assert words in answer.text
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text
    assert "confirm_form" not in answer.context


@pytest.mark.parametrize("separator", [";", "\t"])
def test_cells_may_be_parted_as_in_countries_with_decimal_commas(
    bike: Asset, admin_client: Client, separator: str
) -> None:
    lines = (("asset_code", "mileage", "device_id"), ("B1", "99", "a,b,c"))
    sent = SimpleUploadedFile("x", "\r\n".join(separator.join(line) for line in lines).encode("utf-8-sig"))
    sheets = Spreadsheets(admin_client, "assets_asset")
    answer = admin_client.post(sheets.page("import"), {"format": CSV, "resource": 0, "import_file": sent})
    sheets.confirm(answer)
    bike.refresh_from_db()
    assert (bike.mileage, bike.device_id) == (99.0, "a,b,c")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"no workbook", XLSX), (b"asset_code,mileage\nB1,1,2,3\n", CSV), (b"asset_code\n" + b"B" * 200_000, CSV)],
)
def test_why_a_file_cannot_be_read_is_said_in_words(
    bike: Asset, admin_client: Client, content: bytes, kind: str
) -> None:
    sent = {"format": kind, "resource": 0, "import_file": SimpleUploadedFile("x", content)}
    answer = admin_client.post(reverse("admin:assets_asset_import"), sent)
    assert "The file cannot be read. Choose the format" in str(answer.context["form"].errors["import_file"])


def test_what_can_be_read_on_an_asset_is_found_by_its_kind_and_value(bike: Asset, admin_client: Client) -> None:
    for code in ("first", "second"):
        AssetIdentifier.objects.create(asset=bike, kind="QR", value=code)
    other = factories.AssetFactory(code="B2", asset_type=bike.asset_type)
    sheets = Spreadsheets(admin_client, "assets_asset", 1)
    new = {"kind": "QR", "value": "new", "asset_code": "B2"}
    sheets.imports([new, {**new, "value": "second"}])
    found = AssetIdentifier.objects.filter(kind="QR", value__in=["first", "second", "new"])
    assert dict(found.values_list("value", "asset")) == {"first": bike.pk, "second": other.pk, "new": other.pk}


STOPS = '[{"type": "NS_CODE", "id": "U\\u0000T", "country": "NL"}]'


@pytest.mark.parametrize(
    ("name", "table", "fields", "named"),
    [
        ("stations_station", 0, {"station_id": "square\0"}, "station_id"),
        ("stations_station", 0, {"name_en": "a\0b"}, "name_en"),
        ("stations_station", 0, {"region_id": "centre\0"}, "region_id"),
        ("stations_station", 0, {"stop_references": STOPS}, "stop_references"),
        ("assets_asset", 0, {"asset_code": "\0"}, "asset_code"),
        ("assets_asset", 1, {"value": "first\0"}, "value"),
        ("pricing_pricingplan", 0, {"description_en": "\0"}, "description_en"),
        ("pricing_pricingplan", 1, {"plan_id": "\0"}, "plan_id"),
        ("pricing_pricingplan", 1, {"name": "a\0"}, "name"),
    ],
)
def test_a_nul_character_is_refused_in_the_row_it_is_in(
    bike: Asset, admin_client: Client, name: str, table: int, fields: Row, named: str
) -> None:
    AssetIdentifier.objects.create(asset=bike, kind="QR", value="first")
    sheets = Spreadsheets(admin_client, name, table)
    row = sheets.export()[0]
    preview = sheets.preview([row, {**row, **fields}])
    (invalid,) = preview.context["result"].invalid_rows
    assert (invalid.number, "NUL" in str(invalid.error_dict[named])) == (2, True), invalid.error_dict
    assert not preview.context["result"].has_errors()
    assert "confirm_form" not in preview.context


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": "-1"}, "A discount is a negative amount"),
        ({"units": "0"}, "A price per unit needs its unit"),
        ({"days": "FRI"}, "Only a surge has days"),
        ({"plan_id": "nobody's"}, "There is no pricing plan nobody's."),
        ({"type": "FREE"}, "is not a valid choice"),
        ({"amount": "1,5"}, "must be a decimal number"),
    ],
)
def test_fare_parts_are_refused_in_the_words_of_their_page(
    bike: Asset, admin_client: Client, fields: Row, words: str
) -> None:
    sheets = Spreadsheets(admin_client, "pricing_pricingplan", 1)
    fixed, flex = sheets.export()
    result = sheets.preview([{**fixed, "amount": "9.99"}, {**flex, **fields}]).context["result"]
    told = [str(row.error_dict) for row in result.invalid_rows]
    told += [str(error.error) for row in result.error_rows for error in row.errors]
    assert len(told) == 1
    assert words in told[0]


def test_fare_parts_are_changed_added_and_taken_away(bike: Asset, admin_client: Client) -> None:
    plan = bike.asset_type.pricing_plan
    sheets = Spreadsheets(admin_client, "pricing_pricingplan", 1)
    fixed, flex = sheets.export()
    surge = {**fixed, "position": "5", "kind": "SURGE", "days": "FRI, SAT", "start_time": "17:00", "end_time": "19:00"}
    sheets.imports([{**fixed, "delete": "yes"}, {**flex, "amount": "0.30"}, surge])
    assert list(plan.parts.values_list("position", "amount", "kind", "days")) == [
        (1, Decimal("0.30"), "DEFAULT", []),
        (5, Decimal("1.00"), "SURGE", ["FRI", "SAT"]),
    ]


def test_texts_have_a_column_for_each_language(square: Station, admin_client: Client) -> None:
    sheets = Spreadsheets(admin_client, "stations_station")
    (row,) = sheets.export()
    assert (row["name_en"], row["name_nl"], row["region_id"]) == ("Station square", "Stationsplein", "centre")
    sheets.imports([{"station_id": "square", "name_nl": "Plein", "is_renting": "no", "capacity": "12"}])
    square.refresh_from_db()
    assert square.name.data == {"en": "Station square", "nl": "Plein"}
    assert (square.is_renting, square.is_returning, square.capacity) == (False, True, 12)
    preview = sheets.preview([{"station_id": "square", "is_renting": "perhaps"}])
    assert "is_renting" in preview.context["result"].invalid_rows[0].error_dict


def staff(client: Client, *codenames: str) -> Client:
    user = get_user_model().objects.create_user("staff", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", ["assets_asset", "stations_station", "pricing_pricingplan"])
def test_lists_lead_to_both(bike: Asset, admin_client: Client, name: str) -> None:
    sheets = Spreadsheets(admin_client, name)
    listed = admin_client.get(sheets.page("changelist")).text
    assert sheets.page("import") in listed
    assert sheets.page("export") in listed


def test_who_may_only_look_exports_and_imports_nothing(bike: Asset, client: Client) -> None:
    sheets = Spreadsheets(staff(client, "view_asset", "change_asset"), "assets_asset")
    assert [row["asset_code"] for row in sheets.export()] == ["B1"]
    assert client.get(sheets.page("import")).status_code == 403
    assert client.post(sheets.page("process_import"), {}).status_code == 403
    assert sheets.page("import") not in client.get(sheets.page("changelist")).text


def test_each_table_needs_permissions_of_its_own(bike: Asset, client: Client) -> None:
    names = ["pricingplan", "farepart"]
    plans = [f"{action}_{name}" for action in ("view", "add", "change") for name in names]
    sheets = Spreadsheets(staff(client, *plans), "pricing_pricingplan")
    page = client.get(sheets.page("import"))
    assert [table for table, _ in page.context["fields_list"]] == ["Pricing plans"], "parts may be deleted too"
    assert client.get(reverse("admin:stations_station_export")).status_code == 403


def test_an_export_takes_a_fixed_number_of_statements(bike: Asset, admin_client: Client) -> None:
    counts = set()
    for name, table in (("assets_asset", 0), ("assets_asset", 1), ("stations_station", 0), ("pricing_pricingplan", 1)):
        sheets = Spreadsheets(admin_client, name, table)
        found = set()
        for _ in range(2):
            sheets.export()
            with CaptureQueriesContext(connection) as queries:
                sheets.export()
            found.add(len(queries))
            for _ in range(5):
                asset = factories.AssetFactory(station=factories.StationFactory(region=bike.station.region))
                factories.AssetIdentifierFactory(asset=asset)
        assert len(found) == 1, (name, found)
        counts |= found
    assert max(counts) <= 12
