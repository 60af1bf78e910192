import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { GroupBook, type GroupDefinitions } from '../../src/groups/book.ts';
import { Vocabulary } from '../../src/groups/vocabulary.ts';
import { plainName } from '../../src/words.ts';
import { SHIPPED, shippedBook } from '../support/groups.ts';

const { groups: ready } = JSON.parse(readFileSync(join(SHIPPED, 'groups.json'), 'utf8')) as {
  groups: GroupDefinitions;
};
const { synsets } = JSON.parse(readFileSync(join(SHIPPED, 'hypernyms.json'), 'utf8'));

let book: GroupBook;
beforeAll(async () => {
  book = await shippedBook();
});
const namesOf = (group: string) => [...book.require(group).members].map((index) => book.vocabulary.labels[index]?.name);

/** Group, its size, some that are in it, some that might be thought to be. */
const TABLE: [string, number, string, string][] = [
  [
    'vehicle',
    72,
    'minivan, cab, school bus, moped, liner, airliner, grille',
    'cellular telephone, mobile home, barrow, missile',
  ],
  ['car', 13, 'sports car, cab, minivan, ambulance, car wheel', 'passenger car, pickup, go-kart, streetcar'],
  ['truck', 9, 'pickup, fire engine, trailer truck, police van', 'minivan, tractor, forklift'],
  ['bus', 3, 'minibus, school bus, trolleybus', 'streetcar'],
  ['two-wheeler', 4, 'moped, motor scooter, mountain bike', 'tricycle, unicycle'],
  ['train', 6, 'bullet train, streetcar, freight car', 'school bus, sports car'],
  ['boat', 14, 'canoe, speedboat, container ship, gondola', 'wreck, bathtub, pitcher, dock'],
  ['aircraft', 6, 'airliner, warplane, balloon, wing', 'parachute, missile'],
  ['person-like', 31, 'ballplayer, groom, jersey, suit', 'mask, sunglasses, umbrella, chimpanzee'],
  ['animal', 398, 'tabby, robin, tench, bee, nematode', 'teddy, spider web, coral reef, plate'],
  ['dog', 118, 'beagle, pug, Mexican hairless', 'dingo, red fox, hotdog, timber wolf'],
  ['cat', 5, 'tabby, Siamese cat', 'cougar, lynx, lion, polecat'],
  ['big-cat', 8, 'lion, cougar, cheetah', 'tabby, tiger cat'],
  ['bear', 4, 'ice bear, brown bear', 'koala, giant panda'],
  ['fox', 4, 'red fox, Arctic fox', 'coyote'],
  ['wolf', 4, 'timber wolf, coyote', 'dingo, Irish wolfhound'],
  ['horse', 1, 'sorrel', 'zebra, sea lion'],
  ['rabbit', 3, 'hare, Angora', 'wallaby'],
  ['rodent', 6, 'beaver, hamster', 'hare, weasel'],
  ['primate', 20, 'gorilla, indri, titi', 'koala, three-toed sloth'],
  ['farm-animal', 9, 'ox, hen, hog, ram', 'bison, warthog'],
  ['bird', 59, 'robin, ostrich, crane (bird), drake', 'crane (machine), admiral, platypus'],
  ['fish', 16, 'goldfish, eel, hammerhead', 'starfish, grey whale, jellyfish'],
  ['reptile', 36, 'box turtle, Komodo dragon, vine snake', 'bullfrog, axolotl'],
  ['snake', 17, 'Indian cobra, sidewinder', 'alligator lizard'],
  ['insect', 27, 'bee, monarch, walking stick', 'tarantula, centipede, fiddler crab'],
  ['spider', 6, 'tarantula, black widow', 'spider web, spider monkey, scorpion'],
  ['food', 47, 'pizza, banana, broccoli, espresso, plate, ear', 'menu, hay, cup, acorn'],
  ['fruit', 10, 'banana, Granny Smith', 'acorn, cucumber, corn'],
  ['vegetable', 13, 'broccoli, zucchini, corn', 'mashed potato, mushroom'],
  ['plant', 7, 'daisy, acorn', 'lumbermill, banana, solar dish'],
  ['fungus', 8, 'agaric, mushroom', 'coral reef'],
  ['landscape', 10, 'alp, seashore, volcano', 'dam, pier'],
  ['building', 22, 'barn, church, castle, mobile home', 'apiary, home theater, picket fence, dam'],
  ['shop', 9, 'bakery, bookshop', 'vending machine, restaurant'],
  ['furniture', 21, 'desk, park bench, studio couch, chest', 'toilet seat, table lamp, theater curtain'],
  ['clothing', 54, 'suit, sock, running shoe, sombrero, jean', 'seat belt, wig, sunglasses, backpack'],
  ['bag', 4, 'backpack, purse', 'sleeping bag, punching bag'],
  ['bottle', 7, 'wine bottle, water jug', 'bottlecap, beer glass'],
  ['container', 49, 'bucket, cup, crate, wine bottle', 'minivan, bathtub, shopping cart, container ship'],
  [
    'electronics',
    30,
    'laptop, cellular telephone, television, screen, computer mouse',
    'web site, slide rule, window screen',
  ],
  ['phone', 3, 'cellular telephone, pay-phone', 'remote control'],
  ['appliance', 15, 'refrigerator, toaster, stove', 'Dutch oven, television'],
  ['tool', 15, 'hammer, power drill, plane', 'airliner, wok'],
  ['musical-instrument', 26, 'violin, drum, upright', 'drumstick, loudspeaker'],
  ['ball', 9, 'soccer ball, tennis ball', 'bubble, punching bag, balloon'],
  ['weapon', 7, 'revolver, rifle, bow', 'tank, bow tie, holster'],
];

describe('a ready group', () => {
  test.each(TABLE)('%s holds %d labels: %s; not %s', (group, size, inside, outside) => {
    const members = namesOf(group);
    expect(members.length).toBe(size);
    for (const name of inside.split(', ')) expect(members).toContain(name);
    const known = book.vocabulary.labels.map(({ name }) => name);
    for (const name of outside.split(', ')) {
      expect(members).not.toContain(name);
      expect(known).toContain(name);
    }
  });

  test('is in the table above, and its name is no label', () => {
    expect(TABLE.map(([group]) => group).sort()).toEqual(book.names);
    const labels = new Set(book.vocabulary.labels.map(({ name }) => plainName(name)));
    expect(book.names.filter((name) => labels.has(plainName(name)))).toEqual([]);
  });

  test('within another leaves no label of it outside', () => {
    const isWithin = (inner: string, outer: string) => namesOf(inner).every((name) => namesOf(outer).includes(name));
    for (const inner of ['car', 'truck', 'bus', 'two-wheeler', 'train', 'boat', 'aircraft'])
      expect({ [inner]: isWithin(inner, 'vehicle') }).toEqual({ [inner]: true });
    for (const inner of ['dog', 'cat', 'big-cat', 'bear', 'bird', 'fish', 'insect', 'snake', 'farm-animal', 'spider'])
      expect({ [inner]: isWithin(inner, 'animal') }).toEqual({ [inner]: true });
    expect(isWithin('bottle', 'container') && isWithin('fruit', 'food') && isWithin('vegetable', 'food')).toBe(true);
  });

  test('holds what a ladder of fewer labels has of it', () => {
    const labels = book.vocabulary.labels.filter(({ name }) => ['cab', 'beagle', 'web site'].includes(name));
    const small = new GroupBook(new Vocabulary(labels, synsets), ready, {});
    const sizes = small.names.map((name) => [name, small.require(name).members.size]);
    expect(sizes.filter(([, size]) => size !== 0)).toEqual([
      ['animal', 1],
      ['car', 1],
      ['dog', 1],
      ['vehicle', 1],
    ]);
  });
});
