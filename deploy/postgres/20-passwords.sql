-- The logins that compose uses get the passwords of its environment; the others can't log in until they have one.
\getenv owner OWNER_PASSWORD
\getenv app APP_PASSWORD
ALTER ROLE warmhandoff_owner PASSWORD :'owner';
ALTER ROLE warmhandoff_app PASSWORD :'app';
