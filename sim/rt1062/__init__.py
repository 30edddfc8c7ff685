"""The NXP i.MX RT1062 as an emulated chip on emulated boards; see docs/rt1062.md."""
