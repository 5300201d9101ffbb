"""The pages of the documentation."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def test_every_page_is_in_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text()
    pages = [str(page.relative_to(PROJECT)) for page in (PROJECT / "docs").rglob("*.md")]
    assert [page for page in pages if f"]({page})" not in readme] == []
