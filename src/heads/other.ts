/** The class that every taught question has, last: what is far from everything that was taught. */
export const OTHER = 'other';
