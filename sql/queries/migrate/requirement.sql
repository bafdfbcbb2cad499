-- Called by db::migrate before anything is changed; one row.
select minimum_version from callbackd_schema
