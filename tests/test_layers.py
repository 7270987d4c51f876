"""Models, QuerySets and services look only down (style.md 2); import-linter holds it, here with the tests."""

import ast

import pytest
from django.conf import settings

FLOORS = ["core", "audit", "accounts", "documents outbox", "companies", "parks", "events", "projects", "activities"]
FLOORS += ["reminders reports ledgers", "desk", "crm"]
FLOOR = {app: number for number, apps in enumerate(FLOORS) for app in apps.split()}
PAGES = {"admin", "views"}
GENERAL_NAMES = {"utils", "helpers", "common", "misc", "signals"}


def modules(app):
    """The files of an app that keep to the floors, without its tables' history."""
    found = (settings.BASE_DIR / app).rglob("*.py")
    return [path for path in found if "migrations" not in path.parts]


def imports(path):
    """What a file imports: (module, whether at its top)."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        names = [item.name for item in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            yield name, node in tree.body


def every_module():
    return [pytest.param(app, path, id=str(path.relative_to(settings.BASE_DIR))) for app in FLOOR for path in modules(app)]


def test_every_app_has_its_floor():
    ours = {app for app in settings.INSTALLED_APPS if (settings.BASE_DIR / app).is_dir()}

    assert ours == set(FLOOR)


@pytest.mark.parametrize(("app", "path"), every_module())
def test_a_module_looks_only_down_unless_it_is_a_page(app, path):
    if PAGES & {path.stem, *path.parts}:
        return
    above = [name for name, _top in imports(path) if FLOOR.get(name.partition(".")[0], -1) > FLOOR[app]]
    beside = [
        name for name, _top in imports(path) if name.partition(".")[0] != app and FLOOR.get(name.partition(".")[0]) == FLOOR[app]
    ]

    assert above == []
    assert beside == []


@pytest.mark.parametrize(("app", "path"), every_module())
def test_a_module_imports_at_its_top_and_absolutely(app, path):
    inside = [name for name, top in imports(path) if not top]

    assert path.stem == "apps" or inside == []  # AppConfig.ready may


@pytest.mark.parametrize(("app", "path"), every_module())
def test_no_module_is_named_after_nothing(app, path):
    assert path.stem not in GENERAL_NAMES
