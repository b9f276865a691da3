-- Warm Handoff: roles and database. Run once with psql, as an administrator of PostgreSQL 15 or newer:
--   warmhandoff roles --sql | psql -v ON_ERROR_STOP=1 -d postgres
-- It may be run again. Rights on single tables are granted by `warmhandoff migrate`.
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'warmhandoff_owner') THEN CREATE ROLE warmhandoff_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wh_app') THEN CREATE ROLE wh_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'warmhandoff_app') THEN CREATE ROLE warmhandoff_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION; END IF; END $$;
GRANT wh_app TO warmhandoff_app;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wh_reader') THEN CREATE ROLE wh_reader NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'warmhandoff_reader') THEN CREATE ROLE warmhandoff_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION; END IF; END $$;
GRANT wh_reader TO warmhandoff_reader;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wh_employer') THEN CREATE ROLE wh_employer NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'warmhandoff_employer') THEN CREATE ROLE warmhandoff_employer LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION; END IF; END $$;
GRANT wh_employer TO warmhandoff_employer;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wh_eraser') THEN CREATE ROLE wh_eraser NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION; END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'warmhandoff_eraser') THEN CREATE ROLE warmhandoff_eraser LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION; END IF; END $$;
GRANT wh_eraser TO warmhandoff_eraser;

-- Give each login its own password (psql asks for it and sends only its hash):
-- \password warmhandoff_owner
-- \password warmhandoff_app
-- \password warmhandoff_reader
-- \password warmhandoff_employer
-- \password warmhandoff_eraser

SELECT 'CREATE DATABASE warmhandoff OWNER warmhandoff_owner ENCODING ''UTF8'' TEMPLATE template0'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'warmhandoff') \gexec
\connect warmhandoff
ALTER DATABASE warmhandoff OWNER TO warmhandoff_owner;
ALTER DATABASE warmhandoff SET timezone TO 'UTC';
REVOKE ALL ON DATABASE warmhandoff FROM PUBLIC;
GRANT CONNECT ON DATABASE warmhandoff TO wh_app, wh_reader, wh_employer, wh_eraser;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO warmhandoff_owner;
GRANT USAGE ON SCHEMA public TO wh_app, wh_reader, wh_employer, wh_eraser;
DO $$ BEGIN ALTER DATABASE warmhandoff SET log_error_verbosity TO 'terse'; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'Set log_error_verbosity = terse in the server''s configuration.'; END $$;
DO $$ BEGIN ALTER DATABASE warmhandoff SET log_min_error_statement TO 'panic'; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'Set log_min_error_statement = panic in the server''s configuration.'; END $$;
DO $$ BEGIN ALTER DATABASE warmhandoff SET log_parameter_max_length_on_error TO '0'; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'Set log_parameter_max_length_on_error = 0 in the server''s configuration.'; END $$;
