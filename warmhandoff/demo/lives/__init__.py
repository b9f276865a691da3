"""A hundred and twenty made-up people and what happened to them. Any likeness to somebody real is chance."""

from __future__ import annotations

from warmhandoff.demo.acts import Life
from warmhandoff.demo.lives.eastgate import EASTGATE
from warmhandoff.demo.lives.elsewhere import ELSEWHERE
from warmhandoff.demo.lives.harbor import HARBOR
from warmhandoff.demo.lives.lantern import LANTERN
from warmhandoff.demo.lives.released import RELEASED

LIVES: tuple[Life, ...] = (*EASTGATE, *HARBOR, *LANTERN, *ELSEWHERE, *RELEASED)
