// Types that several scripts share; read by the type check alone.

/** What a control of a tab, or something else that a link keeps, may say. */
export interface Field {
  first: any;
  unnamed?: any; // in a link that names other fields of the tab; `first` where there is none
  id?: string; // of Gradio's control
  plain?: boolean; // no control of Gradio's
  tabs?: boolean; // Gradio's tabs, which have no value but a selected one
  low?: number;
  high?: number;
  step?: number;
  choices?: any[];
  word?: boolean;
  each?: Field[];
  run?: boolean; // a training run, as web/page/training_runs.js writes it
  optional?: boolean; // or "off"
  checkpoint?: boolean; // its choices are the checkpoints that there are
  ofClasses?: boolean; // an index of the checkpoint's classes, or a negative choice
  eachClass?: boolean; // a number for each of the checkpoint's classes
  names?: string[][]; // of each class, in each language
  also?: string; // key of the text of the negative choice
}

export type Fields = Record<string, Field>;
/** The values of a tab's fields by the names that they have in a link: `{ checkpoint, class, seed, ... }`. */
export type Request = Record<string, any>;

/** The z of a person's picture, which may stand in for a seed. */
export interface FoundZ {
  checkpoint: string;
  z: number[];
  strength: number; // of its neighbours: their share, 0 to 1, of the way to the z of seeds 1, 2, ...
}
export type Seed = number | FoundZ;

export interface Config {
  texts: Record<string, Record<string, string>>;
  links: { checkpoint: string; tabs: Record<string, Fields> };
  first?: Record<string, any>; // pictures that the page begins with
  checkpoints?: string[]; // the same page's
  trainedHere: string;
  imageSize: number;
  classes: Record<string, ClassNames>; // by checkpoint
  garments: ClassNames; // of Fashion-MNIST
  maxSeed: number;
  sliderSeeds: number;
  mixedSeeds: number;
  sheetSeeds: number;
  stripFrames: number;
  maxSigma: number;
  animationScale: number;
  animationSeconds: number;
  maxUpload: number;
  ownPictures: {
    training: string[]; // names of folders, as are those for tests
    testing: string[];
    minClasses: number;
    maxClasses: number;
    maxName: number;
    minPerClass: number;
    heldOut: number; // where there is no folder for tests: of how many pictures one is kept for tests
    minSide: number;
    border: number;
  };
  training: { defaults: Record<string, any>; ranges: Record<string, SettingRange> }; // train.py's settings
  examplesPerClass: number;
  snapshotSamplesPerClass: number;
}

/** What a setting of numbers may be. */
export interface SettingRange {
  least: number;
  most: number;
  whole: boolean;
  empty: boolean; // null is allowed
  layers?: number; // a list of up to so many, each a multiple of 4
}

/** Names of classes by language. */
export type ClassNames = Record<string, string[]>;

/** A text from the server: as it is, or a key of the table with values for its {names}, or one for each language. */
export type Words = string | number | { key: string; values?: Record<string, Words> } | Record<string, string>;

/** What Gradio hands to the script of a gr.HTML (`js_on_load`). */
export interface Component {
  element: HTMLElement;
  props: { value?: any };
  watch: (name: string, callback: () => void) => void;
  trigger: (event: string) => void;
}

/** The generator's inputs for `count` pictures: z (count * latent_dim) and class weights (count * classes). */
export interface Inputs {
  count: number;
  z: Float32Array;
  classWeights: Float32Array;
}

/** What is known of a generator: `steps`, how long it was trained. */
export interface Card {
  latent_dim: number;
  classes: number; // how many
  steps?: string;
}

/** Pictures, and who drew them. */
export interface Drawn {
  pixels: Uint8Array<ArrayBuffer>;
  renderer: string;
  card: Card;
}

/** One direction of a checkpoint (`directions.json`). */
export interface Direction {
  name: string | null;
  z: number[];
  share: number;
  effects: Record<string, [number, number]>;
}

declare global {
  var cgan: { config: Config } & Record<string, any>;
  var gradio_config: { root: string; space_id?: string } | undefined;
  interface Window {
    gradio_config?: { root: string; space_id?: string };
  }
}
