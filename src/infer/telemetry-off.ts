/**
 * ONNX Runtime's official Linux builds report models and machine to their maker unless this variable is set before the
 * library is loaded. Native code reads the process's own environment, which only the main thread can change: so this module
 * is imported both where the library is loaded and where the inference threads are started.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
