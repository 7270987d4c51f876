"""Which stages count as what: a project that produces has also started, performed and signed."""

from projects import stages
from projects.stages import Counted

ORDER = list(Counted)


def at_least(state: Counted) -> list[str]:
    """The stages that are counted as this state or a later one."""
    later = ORDER[ORDER.index(state) :]
    return [code for code, stage in stages.BY_CODE.items() if stage.counted in later]


def named(*names: str) -> list[str]:
    """The stages of all tracks that bear one of these names (the part after the point)."""
    return [code for code in stages.BY_CODE if code.partition(".")[2] in names]


SIGNED = at_least(Counted.SIGNED)
PERFORMED = at_least(Counted.PERFORMED)
STARTED = at_least(Counted.STARTED)
PRODUCING = at_least(Counted.PRODUCING)
EFFECTIVE = at_least(Counted.EFFECTIVE)
COMPLETED = [*named("completed"), *PRODUCING]  # a tenant has no acceptance of works: who produces has finished
NEGOTIATING = named("negotiating", "pre_sign", "intent")
ONLY_SIGNED = [code for code in SIGNED if code not in PERFORMED]
# Where a company has to be registered or works have to start at all: cooperation and talent know neither.
BUILDING = [code for code in stages.BY_CODE if code.partition(".")[0] in ("land", "tenancy", "expansion", "any")]
NOT_REGISTERED = [code for code in ONLY_SIGNED if code in BUILDING]
NOT_STARTED = [code for code in SIGNED if code in BUILDING and code not in STARTED]
