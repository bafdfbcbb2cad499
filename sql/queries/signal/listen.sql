-- Run once by the listener on its own connection; before it reads, so that nothing falls in between.
listen callbackd_callbacks;
listen callbackd_signals;
listen callbackd_echo
