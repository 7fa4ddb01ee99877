#!/bin/sh
# The path of a Python that can run the trials (3.12 or newer), or what is left out without one.
pyenv_root=$(pyenv root 2> /dev/null || echo "$HOME/.pyenv")
for python in "${TRIAL_PYTHON:-}" python3 python3.13 python3.12 \
  "$pyenv_root"/versions/3.13*/bin/python3 "$pyenv_root"/versions/3.12*/bin/python3; do
  [ -n "$python" ] || continue
  # The interpreter itself, not a shim in front of it.
  if found=$("$python" -c 'import sys
if sys.version_info < (3, 12): sys.exit(1)
print(sys.executable)' 2> /dev/null); then
    printf '%s\n' "$found"
    exit 0
  fi
done
echo "left out: the simulation and the trials need Python 3.12 or newer; set TRIAL_PYTHON to one" >&2
exit 1
