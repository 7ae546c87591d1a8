declare module 'pg-query-emscripten';
