"""What ties them to those of other apps, their indexes and constraints."""

import datetime

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("assets", "0002_places_are_counted_by_pool"),
    ]

    initial = True

    dependencies = [
        # Before most of our tables are there: each of its changes has Django build all models anew that refer to it.
        ("oauth2_provider", "0021_translatable_field_labels"),
        ("assets", "0001_tables"),
        ("pricing", "0001_tables"),
        ("stations", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="ancillarystock",
            name="station",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ancillaries",
                to="stations.station",
            ),
        ),
        migrations.AddField(
            model_name="ancillaryreservation",
            name="stock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reservations", to="assets.ancillarystock"
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="home_station",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="home_assets",
                to="stations.station",
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="station",
            field=models.ForeignKey(
                blank=True,
                help_text="Where it stands.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="assets",
                to="stations.station",
            ),
        ),
        migrations.AddField(
            model_name="assetidentifier",
            name="asset",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="identifiers", to="assets.asset"
            ),
        ),
        migrations.AddField(
            model_name="assettype",
            name="pricing_plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="asset_types", to="pricing.pricingplan"
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="asset_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assets", to="assets.assettype"
            ),
        ),
        migrations.AddField(
            model_name="ancillarystock",
            name="asset_type",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ancillaries",
                to="assets.assettype",
            ),
        ),
        migrations.AddField(
            model_name="damage",
            name="asset",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="damages", to="assets.asset"
            ),
        ),
        migrations.AddConstraint(
            model_name="lockgateway",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address", ""), ("kind", "SIMULATED")),
                    models.Q(("address__startswith", "http"), ("kind", "HTTP")),
                    models.Q(("address__startswith", "mqtt"), ("kind", "MQTT")),
                    _connector="OR",
                ),
                name="lock_gateway_has_an_address_of_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="lockgateway",
            constraint=models.CheckConstraint(
                condition=models.Q(("timeout_seconds__gte", 1), ("timeout_seconds__lte", 10)),
                name="lock_gateway_waits_some_seconds",
            ),
        ),
        migrations.AddField(
            model_name="assettype",
            name="lock_gateway",
            field=models.ForeignKey(
                blank=True,
                help_text="Through what its assets are locked and unlocked from afar; empty where they are not.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="asset_types",
                to="assets.lockgateway",
            ),
        ),
        migrations.AddField(
            model_name="maintenancejob",
            name="asset",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="maintenance_jobs", to="assets.asset"
            ),
        ),
        migrations.AddField(
            model_name="maintenancejob",
            name="damage",
            field=models.ForeignKey(
                blank=True,
                help_text="What it repairs, if anything.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="maintenance_jobs",
                to="assets.damage",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="asset",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reservations",
                to="assets.asset",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="asset_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reservations", to="assets.assettype"
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="station",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reservations",
                to="stations.station",
            ),
        ),
        migrations.AddField(
            model_name="maintenancejob",
            name="reservation",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="maintenance_job",
                to="assets.reservation",
            ),
        ),
        migrations.AddField(
            model_name="ancillaryreservation",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="ancillaries", to="assets.reservation"
            ),
        ),
        migrations.AddField(
            model_name="simulatedlock",
            name="asset",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="simulated_lock", to="assets.asset"
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="asset_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="assets.assettype"
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="reservation",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="ticket",
                to="assets.reservation",
            ),
        ),
        migrations.AddConstraint(
            model_name="assetidentifier",
            constraint=models.UniqueConstraint(fields=("kind", "value"), name="asset_identifier_names_one_asset"),
        ),
        migrations.AddConstraint(
            model_name="assetidentifier",
            constraint=models.CheckConstraint(
                condition=models.Q(("value", ""), _negated=True), name="asset_identifier_is_not_empty"
            ),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                condition=models.Q(("state__in", ["AVAILABLE", "RESERVED"])),
                fields=["latitude", "longitude"],
                name="asset_on_the_map",
            ),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(fields=["state"], name="asset_by_state"),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                condition=models.Q(("lock_state", "JAMMED")), fields=["code"], name="asset_with_a_jammed_lock"
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("latitude__gte", -90), ("latitude__lte", 90), ("longitude__gte", -180), ("longitude__lte", 180)
                ),
                name="asset_lies_on_earth",
                violation_error_message="The latitude lies from -90 to 90 and the longitude from -180 to 180.",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(("state_of_charge", None), ("state_of_charge__lte", 100), _connector="OR"),
                name="asset_charge_is_a_percentage",
                violation_error_message="The state of charge is a percentage, from 0 to 100.",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mileage", None), models.Q(("mileage__gte", 0), ("mileage__lte", 10000000)), _connector="OR"
                ),
                name="asset_mileage_is_a_distance",
                violation_error_message="The mileage is a number of kilometres, from 0 to 10,000,000.",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "AVAILABLE",
                            "RESERVED",
                            "IN_USE",
                            "MAINTENANCE",
                            "CHARGING",
                            "RELOCATING",
                            "MISSING",
                            "RETIRED",
                        ],
                    )
                ),
                name="asset_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(("lock_state__in", ["LOCKED", "UNLOCKED", "JAMMED", "UNKNOWN"])),
                name="asset_lock_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ancillarystock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asset_type__isnull", False), ("station", None)),
                    models.Q(("asset_type", None), ("station__isnull", False)),
                    _connector="OR",
                ),
                name="ancillary_stock_is_at_a_station_or_on_a_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="ancillarystock",
            constraint=models.UniqueConstraint(
                fields=("ancillary", "station"), name="ancillary_stock_of_a_station_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="ancillarystock",
            constraint=models.UniqueConstraint(
                fields=("ancillary", "asset_type"), name="ancillary_stock_of_a_type_is_one"
            ),
        ),
        migrations.AddIndex(
            model_name="damage",
            index=models.Index(
                condition=models.Q(("repaired_at", None)), fields=["asset"], name="damage_open_of_asset"
            ),
        ),
        migrations.AddConstraint(
            model_name="damage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "component__in",
                        ["FRONT", "REAR", "LEFT", "RIGHT", "TOP", "BOTTOM", "INTERIOR", "TIRE", "ANCILLARY", "OTHER"],
                    )
                ),
                name="damage_component_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="damage",
            constraint=models.CheckConstraint(
                condition=models.Q(("severity__in", ["COSMETIC", "MINOR", "UNUSABLE"])), name="damage_severity_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="damage",
            constraint=models.CheckConstraint(
                condition=models.Q(("description", ""), _negated=True), name="damage_is_described"
            ),
        ),
        migrations.AddConstraint(
            model_name="damage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("repaired_at", None), ("repaired_at__gte", models.F("reported_at")), _connector="OR"
                ),
                name="damage_is_repaired_after_it_was_reported",
            ),
        ),
        migrations.AddConstraint(
            model_name="assettype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asset_class", "OTHER"), _negated=True),
                    models.Q(("asset_sub_class", ""), _negated=True),
                    _connector="OR",
                ),
                name="asset_type_of_class_other_has_a_sub_class",
            ),
        ),
        migrations.AddConstraint(
            model_name="assettype",
            constraint=models.CheckConstraint(
                condition=models.Q(("persons__gte", 1)), name="asset_type_carries_someone"
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("released_at", None)), fields=["asset"], name="reservation_live_of_asset"
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("asset", None), ("released_at", None)),
                fields=["station", "asset_type"],
                name="reservation_live_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("asset__isnull", False), ("released_at__isnull", True)),
                expressions=[
                    (models.Func(models.F("asset"), models.F("asset"), models.Value("[]"), function="int8range"), "&&"),
                    (models.F("period"), "&&"),
                ],
                name="reservation_asset_never_overlaps",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("period__isempty", False)), name="reservation_period_is_not_empty"
            ),
        ),
        migrations.AddIndex(
            model_name="maintenancejob",
            index=models.Index(
                condition=models.Q(("state__in", ["PLANNED", "RUNNING"])),
                fields=["planned_from"],
                name="maintenance_job_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenancejob",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["PLANNED", "RUNNING", "DONE", "CANCELLED"])),
                name="maintenance_job_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenancejob",
            constraint=models.CheckConstraint(
                condition=models.Q(("what", ""), _negated=True), name="maintenance_job_is_described"
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenancejob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("planned_from", None),
                        models.Q(
                            ("planned_from__gte", datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("planned_from__lt", datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC)),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("planned_until", None),
                        models.Q(
                            ("planned_until__gte", datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("planned_until__lt", datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC)),
                        ),
                        _connector="OR",
                    ),
                ),
                name="maintenance_job_time_can_be_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenancejob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("planned_until", None), ("planned_until__gt", models.F("planned_from")), _connector="OR"
                ),
                name="maintenance_job_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenancejob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("blocks_hire", True), ("state", "PLANNED"), _negated=True),
                    ("reservation__isnull", False),
                    _connector="OR",
                ),
                name="maintenance_job_that_blocks_hire_holds_its_asset",
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenancejob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("state", "PLANNED"), _negated=True), models.Q(("started_at", None), _negated=True)
                    ),
                    models.Q(("started_at", None), ("state__in", ["PLANNED", "CANCELLED"])),
                    _connector="OR",
                ),
                name="maintenance_job_runs_once_it_is_started",
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenancejob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state__in", ["PLANNED", "RUNNING"])),
                    models.Q(("ended_at__isnull", False), ("state__in", ["DONE", "CANCELLED"])),
                    _connector="OR",
                ),
                name="maintenance_job_is_over_once_it_is_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="ancillaryreservation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("item__isnull", False), ("released_at__isnull", True)),
                expressions=[
                    (models.Func(models.F("stock"), models.F("stock"), models.Value("[]"), function="int8range"), "&&"),
                    (models.Func(models.F("item"), models.F("item"), models.Value("[]"), function="int4range"), "&&"),
                    (models.F("period"), "&&"),
                ],
                name="ancillary_is_never_given_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="ancillaryreservation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at", None)),
                fields=("reservation", "ancillary"),
                name="ancillary_is_taken_once_per_leg",
            ),
        ),
        migrations.AddConstraint(
            model_name="simulatedlock",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["LOCKED", "UNLOCKED"])), name="simulated_lock_is_open_or_closed"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("given_at", None)), fields=["asset_type", "id"], name="ticket_in_stock"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(fields=("asset_type", "code"), name="ticket_is_in_stock_once"),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[ -~]+$")), name="ticket_code_is_printable"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("reservation", None), ("given_at__isnull", False), _connector="OR"),
                name="ticket_of_a_leg_is_given_out",
            ),
        ),
    ]
