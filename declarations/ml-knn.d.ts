// ml-knn 3.0.0 ships no types; what Weir uses of it.
declare module 'ml-knn' {
  export default class KNN {
    constructor(x: readonly (readonly number[])[], y: readonly number[], options: { k: number });
    predict(x: readonly (readonly number[])[]): number[];
  }
}
