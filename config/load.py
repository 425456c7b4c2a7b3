"""Find, read and validate the settings file: every problem at once, as `file:line: key: what; did you mean`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from config import nodes
from config.fields import is_server, nearest, store, stored_file
from config.nodes import Data, Document, Problem
from config.references import Known, wrong
from config.secrets import Secret, is_reference
from config.settings import Settings, default_store, this_machine
from config.source_settings import SOURCES
from evidence.model import NightledgerError

FILE_NAME = "nightledger.yaml"
SYSTEM_FILE = Path("/etc/nightledger") / FILE_NAME
STORE_VARIABLE = "NIGHTLEDGER_STORE"

_SENTENCES = {
    "missing": "is required",
    "string_type": "must be text",
    "int_parsing": "must be a whole number",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must have at least {min_length} characters",
    "literal_error": "must be one of {expected}",
}


class ConfigError(NightledgerError):
    """The settings cannot be used; `problems` holds all that is wrong with them, in the order of the file."""

    exit_code = 2

    def __init__(self, name: str, problems: list[Problem], *, hint: str = "") -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(
            "\n".join(
                f"{problem.where or name}:{'' if problem.line else ' '}{problem}" for problem in self.problems
            ),
            hint=hint,
        )


def find(environ: Mapping[str, str], directory: Path) -> Path | None:
    """The settings file to use: NIGHTLEDGER_CONFIG, else in `directory`, else under /etc; None when there is none."""
    if named := environ.get("NIGHTLEDGER_CONFIG"):
        return Path(named)
    return next((path for path in (directory / FILE_NAME, SYSTEM_FILE) if is_there(path)), None)


def is_there(path: Path) -> bool:
    """Whether something is at a path; what cannot be looked at counts, so that it is reported and not passed over."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def load(path: Path | None, environ: Mapping[str, str] = os.environ, known: Known | None = None) -> Settings:
    """Settings from `path`, or for this machine alone when it is None; raises ConfigError.

    NIGHTLEDGER_STORE replaces the store either way; names are looked up in what is `known`.
    """
    if path is None:
        override, problems = _override(environ)
        if problems:
            raise ConfigError(STORE_VARIABLE, problems)
        return this_machine(override or default_store(environ))
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise ConfigError(str(path), [Problem(0, "", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), [Problem(0, "", f"byte {error.start} is not UTF-8 text")]) from None
    return parse(text, path, environ, known)


def parse(text: str, path: Path, environ: Mapping[str, str], known: Known | None = None) -> Settings:
    """Settings from the text of a file called `path`, whose directory relative paths start from."""
    base = str(path.absolute().parent)
    override, amiss = _override(environ, base)
    document = nodes.read(text)
    data = document.data
    if not document.problems and not isinstance(data, dict):
        document.problems.append(Problem(1, "", "must be a mapping of keys to values"))
    if not isinstance(data, dict) or not data:
        raise ConfigError(str(path), document.problems + amiss)
    settings, misshapen = _validated(document, {**data, "store": override} if override else data, base)
    lost = [document.problem(*one) for one in wrong(data, known)]
    problems = amiss + _once(document.problems, misshapen, lost)
    if settings is None or problems:
        raise ConfigError(str(path), problems)
    return settings


def store_of(settings: Settings) -> str:
    """The store's URL, read from where a reference points; raises ConfigError without repeating it."""
    if not is_reference(settings.store):
        return settings.store
    url = Secret(settings.store)()
    try:
        return url if is_server(url) else stored_file(url)
    except ValueError as error:
        raise ConfigError(settings.store, [Problem(0, "", str(error))]) from None


def _override(environ: Mapping[str, str], base: str = "") -> tuple[str, list[Problem]]:
    """The store that the environment names; a server's URL only by reference, because it may hold a password."""
    url = environ.get(STORE_VARIABLE, "")
    if not url or is_server(url):
        return f"env:{STORE_VARIABLE}" if url else "", []
    try:
        return store(url, base), []
    except ValueError as error:
        return "", [Problem(0, "", str(error), STORE_VARIABLE)]


def _validated(document: Document, data: Data, base: str) -> tuple[Settings | None, list[Problem]]:
    try:
        return Settings.model_validate(data, context={"base": base}), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return None, [_problem(document, dict(item)) for item in found]


def _once(*stages: Iterable[Problem]) -> list[Problem]:
    """The problems of all stages; what follows from one that was found before is left out."""
    kept: list[Problem] = []
    for stage in stages:
        told = {problem.key for problem in kept}
        kept += [problem for problem in stage if problem.key not in told]
    return kept


def _problem(document: Document, error: dict[str, Any]) -> Problem:
    """One pydantic error at its place in the file; never repeats what was written there, it may be a secret."""
    path, model = _place(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        fields = set(model.model_fields) if model else set()
        message = f"unknown key{nearest(str(path[-1]), fields)}"
    elif kind == "union_tag_invalid":
        path, message = (
            (*path, "type"),
            f"is none of {', '.join(SOURCES)}{nearest(context['tag'], set(SOURCES))}",
        )
    elif kind == "union_tag_not_found":
        path, message = (*path, "type"), f"is required: one of {', '.join(SOURCES)}"
    elif kind == "value_error":
        message = str(context["error"])
    elif kind == "string_too_short" and context["min_length"] == 1:
        message = "must not be empty"
    else:
        message = _SENTENCES.get(kind, str(error["msg"]).lower()).format(**context)
    return document.problem(path, message)


def _place(loc: tuple[str | int, ...]) -> tuple[nodes.Path, type[BaseModel] | None]:
    """Where in the file a pydantic location is (its union tags are not in the file), and the model of that mapping."""
    path: nodes.Path = ()
    annotation: Any = Settings
    owner: type[BaseModel] | None = None
    for position, step in enumerate(loc):
        if step in SOURCES and position == 2 and loc[0] == "sources":
            annotation = SOURCES[str(step)]
            continue
        owner = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
        annotation = _below(annotation, step)
        path = (*path, step)
    return path, owner


def _below(annotation: Any, step: str | int) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(step))
        return field.annotation if field else None
    if get_origin(annotation) in (tuple, list):
        return get_args(annotation)[0]
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    return None
