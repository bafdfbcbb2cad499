-- Called by embedded::start the first time only.
create database callbackd encoding 'UTF8' template template0
