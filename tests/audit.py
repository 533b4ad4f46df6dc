"""Are there known vulnerabilities in what is installed? `python -m tests.audit`

It fails for each that there is and is not in ACCEPTED; where the database cannot be asked, one line says so.
"""

import json
import subprocess
import sys

ACCEPTED: dict[str, str] = {}  # a vulnerability's id, and why it does not concern us


def main() -> int:
    command = ["-m", "pip_audit", "--local", "--progress-spinner", "off", "--vulnerability-service", "pypi"]
    audit = subprocess.run([sys.executable, *command, "--format", "json"], capture_output=True, text=True)
    try:
        packages = json.loads(audit.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (audit.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"Nothing was audited, for the database of vulnerabilities cannot be asked from here ({reason[:200]})")
        return 0
    known = [package for package in packages if "vulns" in package]
    found = [(package, problem) for package in known for problem in package["vulns"] if problem["id"] not in ACCEPTED]
    for package, problem in found:
        fixed = ", ".join(problem["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {problem['id']}, fixed in {fixed}")
    print(f"{len(known)} of {len(packages)} packages are known to the database, {len(found)} vulnerabilities")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
