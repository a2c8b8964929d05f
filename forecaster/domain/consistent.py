"""What the fields of a declaration say of one another: collected or composed, forecast or not."""

from pydantic import ConfigDict, ValidationInfo, field_validator

from forecaster.domain.assertions import Assertions
from forecaster.domain.base import Frozen
from forecaster.domain.compose import Compose
from forecaster.domain.period import Frequency
from forecaster.domain.sourcing import Collect


class Consistent(Frozen):
    """Rules over the fields of whoever declares them."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["collect"]}, {"required": ["compose"]}]}
    )

    @field_validator("compose", check_fields=False)
    @classmethod
    def _has_one_origin(cls, compose: Compose | None, info: ValidationInfo) -> Compose | None:
        collect = info.data.get("collect", "refused")
        if collect is None and compose is None:
            raise ValueError(
                "an indicator needs 'collect': where the values come from, "
                "or 'compose': of which other indicators they are made"
            )
        if compose is not None and isinstance(collect, Collect):
            raise ValueError("an indicator has either 'collect' or 'compose', not both")
        if compose is not None and compose.factor is not None:
            _check_month(info.data.get("frequency"))
        return compose

    @field_validator("family", check_fields=False)
    @classmethod
    def _is_that_of_a_factor(cls, family: str, info: ValidationInfo) -> str:
        compose = info.data.get("compose")
        if compose is not None and compose.factor is not None and family not in ("auto", "real"):
            raise ValueError("a factor is told in standard deviations: its family is 'real'")
        return family

    @field_validator("methods", "breaks", "drivers", check_fields=False)
    @classmethod
    def _a_factor_looks_ahead_by_itself(
        cls, said: tuple[object, ...], info: ValidationInfo
    ) -> tuple[object, ...]:
        compose = info.data.get("compose")
        if said and compose is not None and compose.factor is not None:
            raise ValueError(f"a factor looks ahead by itself: it takes no {info.field_name}")
        return said

    @field_validator("forecast", check_fields=False)
    @classmethod
    def _a_factor_is_its_forecast(cls, said: object, info: ValidationInfo) -> object:
        compose = info.data.get("compose")
        if said is False and compose is not None and compose.factor is not None:
            raise ValueError("a factor has no values that could serve others: leave this out")
        return said

    @field_validator("coverage", "assertions", check_fields=False)
    @classmethod
    def _is_said_of_a_source(cls, said: object, info: ValidationInfo) -> object:
        if info.data.get("compose") is not None and said not in ((), Assertions()):
            raise ValueError(
                f"{info.field_name} is said of a source; what is composed takes it from its inputs"
            )
        return said

    @field_validator("thresholds", "alerts", check_fields=False)
    @classmethod
    def _needs_a_forecast(cls, said: tuple[object, ...], info: ValidationInfo) -> object:
        if said and not info.data.get("forecast", True):
            raise ValueError(f"{info.field_name} need a forecast, and 'forecast' is false")
        return said


def _check_month(frequency: Frequency | None) -> None:
    if frequency not in (None, Frequency.MONTH):
        raise ValueError(f"a factor is told by the month, and 'frequency' is {frequency}")
