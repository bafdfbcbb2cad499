-- Said by the doctor on a connection that goes where the listener's goes. No index.
listen callbackd_doctor
