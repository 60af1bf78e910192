// ml-cart 2.1.1 ships no types; what Weir uses of it.
declare module 'ml-cart' {
  interface Options {
    gainFunction: 'gini';
    maxDepth: number;
    minNumSamples: number;
    gainThreshold: number;
  }
  /** A leaf has a distribution over the classes, as long as the highest class in it. */
  export interface Node {
    splitColumn?: number;
    splitValue?: number;
    left?: Node;
    right?: Node;
  }
  export interface Model {
    name: 'DTClassifier';
    options: Options;
    root: Node;
  }
  export class DecisionTreeClassifier {
    constructor(options: Options);
    train(x: readonly (readonly number[])[], y: readonly number[]): void;
    predict(x: readonly (readonly number[])[]): number[];
    toJSON(): Model;
    static load(model: Model): DecisionTreeClassifier;
  }
}
