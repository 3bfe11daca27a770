"""The base of everything that is written to a file: frozen, strict about its fields, JSON both ways."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A frozen value with named, typed fields; unknown fields are refused, infinities and NaN survive JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings", protected_namespaces=())
