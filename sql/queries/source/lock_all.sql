-- Of catalog::store: whoever changes the sources does so alone; readers do not wait.
lock table sources in share row exclusive mode
