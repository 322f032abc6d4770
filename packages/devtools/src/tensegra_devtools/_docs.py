"""The MkDocs hook: adds the pages that are made from the tree, and the written formats, to the site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from tensegra_devtools._pages import pages
from tensegra_devtools._tree import find_root


def on_config(config: Any) -> Any:
    """Adds the made pages, and the formats that are written down, to the navigation."""
    root = find_root(Path(config["config_file_path"]).parent)
    formats = sorted((root / "docs" / "formats").glob("*.md"))
    if formats:
        config["nav"].append({"Formats": [f"formats/{path.name}" for path in formats]})
    sections: dict[str, list[Any]] = {"Packages": [], "Reference": [], "Errors": []}
    for section, title, name, _ in pages(root):
        sections[section].append({title: name})
    config["nav"] += [{section: items} for section, items in sections.items() if items]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Adds the made pages to the site."""
    for _, _, name, text in pages(find_root(Path(config["config_file_path"]).parent)):
        files.append(File.generated(config, name, content=text))
    return files
