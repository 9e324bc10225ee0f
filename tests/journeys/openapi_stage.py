"""The OpenAPI document as the tests read it: its operations, the requests that its examples are, and
a comparison of what was sent and answered with its schemas."""
import copy
import dataclasses
import functools
import json
import re
import urllib.parse

import jsonschema

import stage

FOLDER = stage.ROOT / "src" / "admin" / "openapi"
FORMATS = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "uri": re.compile(r"[a-z][a-z0-9+.-]*:\S+"),
}


def joined(*files):
    """One object with the members of the objects in these files."""
    made = {}
    for file in files:
        members = json.loads(file.read_text())
        assert not made.keys() & members.keys(), file
        made |= members
    return made


@functools.lru_cache
def document():
    """The document, joined from its files as the build does it."""
    made = joined(FOLDER / "document.json")
    made["paths"] = joined(*sorted((FOLDER / "paths").iterdir()))
    made["webhooks"] = joined(FOLDER / "webhooks.json")
    made["components"] = joined(FOLDER / "components.json")
    made["components"]["schemas"] = joined(*sorted((FOLDER / "schemas").iterdir()))
    return made


def resolved(node):
    """The node itself, or the one that its $ref names."""
    while "$ref" in node:
        place = node["$ref"].removeprefix("#/").split("/")
        node = functools.reduce(lambda inside, name: inside[name], place, document())
    return node


@dataclasses.dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    described: dict

    @property
    def parameters(self):
        return [resolved(parameter) for parameter in self.described.get("parameters", [])]

    @property
    def body(self):
        """(media type, schema, example) of the request's body, or None."""
        if "requestBody" not in self.described:
            return None
        media_type, media = next(iter(self.described["requestBody"]["content"].items()))
        return media_type, media["schema"], media["example"]

    @property
    def schemes(self):
        """The names of the security schemes of the first choice; empty when it needs none."""
        choices = self.described.get("security", document()["security"])
        return list(choices[0]) if choices else []

    def has(self, status):
        return str(status) in self.described["responses"]

    def request(self, values, optional=True):
        """(target, headers, body) of its example.

        `values` replaces what the server makes: parameters and members of the body by their names.
        Without `optional` only what is required is sent. A parameter without an example is left out.
        """
        target, query, headers = self.path, {}, {}
        for parameter in self.parameters:
            name = parameter["name"]
            if not (parameter.get("required") or optional and "example" in parameter):
                continue
            value = values.get(name, parameter.get("example"))
            value = json.dumps(value) if isinstance(value, bool) else str(value)
            if parameter["in"] == "path":
                target = target.replace(f"{{{name}}}", urllib.parse.quote(value, safe=""))
            else:
                {"query": query, "header": headers}[parameter["in"]][name] = value
        if query:
            target += "?" + urllib.parse.urlencode(query)
        if not self.body:
            return target, headers, None
        media_type, _, example = self.body
        headers["Content-Type"] = media_type
        if isinstance(example, dict):
            example = {name: values.get(name, value) for name, value in example.items()}
        return target, headers, encoded(media_type, example)


def encoded(media_type, value):
    if media_type == "application/json":
        return json.dumps(value).encode()
    if media_type == "application/x-www-form-urlencoded":
        return urllib.parse.urlencode(value).encode()
    return value.encode()


def operations():
    return [Operation(described["operationId"], method.upper(), path, described)
            for path, methods in document()["paths"].items()
            for method, described in methods.items()]


# ---------------------------------------------------------------------------------------------
# Schemas


def closed(schema, part=False):
    """The schema, where an object has no members but those that are described.

    The document itself leaves objects open, because a later version may add members. `part`: a part of
    an allOf, which the other parts complete.
    """
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {}
    for key, value in schema.items():
        if key == "allOf":
            made[key] = [closed(one, part=True) for one in value]
        elif key == "properties":
            made[key] = {name: closed(one) for name, one in value.items()}
        elif key in ("const", "enum", "example", "default"):
            made[key] = value
        else:
            made[key] = closed(value)
    described = {"properties", "allOf", "$ref"} & made.keys()
    if described and not part and "additionalProperties" not in made:
        made["unevaluatedProperties"] = False
    return made


@functools.lru_cache
def closed_document():
    """The document whose components are closed where they are used, not where they are defined."""
    made = copy.deepcopy(document())
    schemas = made["components"]["schemas"]
    for name, schema in schemas.items():
        schemas[name] = closed(schema, part=True)
    return made


def check_schema(value, schema):
    """Asserts that the value is what the schema describes, and has no other members."""
    formats = jsonschema.FormatChecker(formats=())
    for name, pattern in FORMATS.items():
        formats.checks(name)(lambda text, pattern=pattern: not isinstance(text, str)
                             or bool(pattern.fullmatch(text)))
    resolver = jsonschema.RefResolver("", closed_document())
    validator = jsonschema.Draft202012Validator(closed(schema), resolver=resolver,
                                                format_checker=formats)
    wrong = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
             for error in validator.iter_errors(value)]
    assert not wrong, (wrong, value)


def check_answer(operation, answer):
    """Asserts that the document describes this answer of the operation."""
    assert operation.has(answer.status), f"{operation.id}: HTTP {answer.status}: {answer.body[:500]!r}"
    described = resolved(operation.described["responses"][str(answer.status)])
    if "content" not in described:
        assert answer.body == b"", operation.id
        return
    media_type = answer.headers["Content-Type"].split(";")[0]
    assert media_type in described["content"], (operation.id, media_type)
    schema = described["content"][media_type]["schema"]
    check_schema(answer.json() if media_type.endswith("json") else answer.body.decode(), schema)
    for name, header in described.get("headers", {}).items():
        if resolved(header).get("required"):
            assert name in answer.headers, (operation.id, name)
