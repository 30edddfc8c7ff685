// Baseline JPEG, 4:2:2, in whole numbers; the twin of sim/rt1062/devices/jpeg.py, which has the words for it.
// For Renode 1.16.1; compiled at run time: C# 7.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Sensors
{
    public static class BaselineJpeg
    {
        /// A file of planes from 0 to 255, those of colour half as wide; `step` from 1 to 255.
        public static byte[] Encode(int[,] luma, int[,] u, int[,] v, int step)
        {
            int height = luma.GetLength(0), width = luma.GetLength(1);
            if(height == 0 || width == 0) { return new byte[0]; }
            var bits = new Bits();
            var before = new int[3];
            for(var row = 0; row < (height + 7) / 8; row++)
            {
                for(var column = 0; column < (width + 15) / 16; column++)
                {
                    Write(bits, Quantised(luma, row, 2 * column, step), ref before[0]);
                    Write(bits, Quantised(luma, row, 2 * column + 1, step), ref before[0]);
                    Write(bits, Quantised(u, row, column, step), ref before[1]);
                    Write(bits, Quantised(v, row, column, step), ref before[2]);
                }
            }
            return Header(width, height, step).Concat(bits.Finished()).Concat(new byte[] { 0xFF, 0xD9 }).ToArray();
        }

        // Coefficients in zigzag order; outside of the plane its border goes on.
        private static int[] Quantised(int[,] plane, int row, int column, int step)
        {
            int height = plane.GetLength(0), width = plane.GetLength(1);
            var half = new long[8, 8];
            for(var y = 0; y < 8; y++)
            {
                for(var u = 0; u < 8; u++)
                {
                    for(var x = 0; x < 8; x++)
                    {
                        var value = plane[Math.Min(height - 1, row * 8 + y), Math.Min(width - 1, column * 8 + x)];
                        half[y, u] += Dct(u, x) * (value - 128);
                    }
                }
            }
            var values = new int[64];
            for(var i = 0; i < 64; i++)
            {
                var exact = 0L;
                for(var y = 0; y < 8; y++) { exact += Dct(Zigzag[i] / 8, y) * half[y, Zigzag[i] % 8]; }
                values[i] = Math.Sign(exact) * (int)((Math.Abs(exact) + ((long)step << 23)) / ((long)step << 24));
            }
            return values;
        }

        // 4096 times the transform.
        private static long Dct(int u, int x)
        {
            if(u == 0) { return Cosines[4]; }
            var k = (2 * x + 1) * u % 32;
            k = Math.Min(k, 32 - k);
            return k <= 8 ? Cosines[k] : -Cosines[16 - k];
        }

        // One block, its DC as the difference from the one before.
        private static void Write(Bits bits, int[] values, ref int before)
        {
            var difference = values[0] - before;
            before = values[0];
            bits.Add(Size(difference), 4);
            bits.AddAmplitude(difference);
            var zeros = 0;
            foreach(var value in values.Skip(1))
            {
                if(value == 0)
                {
                    zeros++;
                    continue;
                }
                for(; zeros >= 16; zeros -= 16) { bits.Add(SixteenZeros, 8); }
                bits.Add(2 + zeros * 10 + Size(value) - 1, 8);
                bits.AddAmplitude(value);
                zeros = 0;
            }
            if(zeros > 0) { bits.Add(EndOfBlock, 8); }
        }

        private static int Size(int value)
        {
            var size = 0;
            for(value = Math.Abs(value); value > 0; value >>= 1) { size++; }
            return size;
        }

        private static IEnumerable<byte> Header(int width, int height, int step)
        {
            var ac = Enumerable.Range(0, 160).Select(i => i / 10 << 4 | i % 10 + 1);
            var zeros = Enumerable.Repeat(0, 12);
            return new byte[] { 0xFF, 0xD8 }
                .Concat(Segment(0xE0, new[] { 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0 }))
                .Concat(Segment(0xDB, new[] { 0 }.Concat(Enumerable.Repeat(step, 64))))
                .Concat(Segment(0xC0, new[] { 8, height >> 8, height & 0xFF, width >> 8, width & 0xFF, 3, 1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0 }))
                .Concat(Segment(0xC4, new[] { 0x00, 0, 0, 0, 12 }.Concat(zeros).Concat(Enumerable.Range(0, 12))))
                .Concat(Segment(0xC4, new[] { 0x10, 0, 0, 0, 0, 0, 0, 0, 162 }.Concat(zeros.Take(8)).Concat(new[] { 0x00, 0xF0 }).Concat(ac)))
                .Concat(Segment(0xDA, new[] { 3, 1, 0, 2, 0, 3, 0, 0, 0x3F, 0 }));
        }

        private static IEnumerable<byte> Segment(byte marker, IEnumerable<int> content)
        {
            var length = content.Count() + 2;
            return new byte[] { 0xFF, marker, (byte)(length >> 8), (byte)length }.Concat(content.Select(one => (byte)one));
        }

        private const int EndOfBlock = 0, SixteenZeros = 1;
        private static readonly int[] Cosines = { 2048, 2009, 1892, 1703, 1448, 1138, 784, 400, 0 };
        private static readonly int[] Zigzag = Enumerable.Range(0, 64)
            .OrderBy(i => i / 8 + i % 8).ThenBy(i => (i / 8 + i) % 2 != 0 ? i / 8 : i % 8).ToArray();

        private class Bits
        {
            public void Add(int value, int count)
            {
                for(var bit = count - 1; bit >= 0; bit--)
                {
                    current = current << 1 | value >> bit & 1;
                    if(++held < 8) { continue; }
                    bytes.Add((byte)current);
                    if((byte)current == 0xFF) { bytes.Add(0); }
                    held = 0;
                }
            }

            public void AddAmplitude(int value)
            {
                Add(value > 0 ? value : value + (1 << Size(value)) - 1, Size(value));
            }

            public byte[] Finished()
            {
                while(held > 0) { Add(1, 1); }
                return bytes.ToArray();
            }

            private int current, held;
            private readonly List<byte> bytes = new List<byte>();
        }
    }
}
