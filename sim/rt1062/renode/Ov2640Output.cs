// What comes out of an OV2640, a picture behind its lens; the twin of sim/rt1062/devices/ov2640_output.py,
// which has the words for it. For Renode 1.16.1; compiled at run time: C# 7.

using System;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Sensors
{
    /// What the registers say.
    public class Ov2640Output
    {
        public Ov2640Output(byte[] dsp, byte[] sensor)
        {
            this.dsp = dsp;
            this.sensor = sensor;
            bypass = (dsp[RBypass] & 1) != 0;
            format = bypass ? Format.Raw : (dsp[ImageMode] & 0x10) != 0 ? Format.Jpeg : (Format)(dsp[ImageMode] >> 2 & 3);
            lowByteFirst = !bypass && (dsp[ImageMode] & 1) != 0;
            var needed = bypass ? 0 : Paths[(int)format];
            pathOn = (dsp[Ctrl0] & needed) == needed && format != Format.Reserved;
            var held = format == Format.Jpeg ? 0x14 : 0x04;
            Held = !bypass && (dsp[Reset] & held) != 0;
            columnPhase = (sensor[Reg04] & 0x08) != 0;
            rowPhase = (sensor[Reg04] & 0x10) != 0 == ((sensor[Reg04] & 0x40) != 0);
            FindSpans();
        }

        /// No frame comes at all.
        public bool Held { get; private set; }

        /// Why a fed picture does not come out as it was fed; empty if it does.
        public string Objection()
        {
            var size = horizontal.Out + "x" + vertical.Out;
            if(bypass) { return Said("R_BYPASS", RBypass) + ": raw data of " + size + " come out past the DSP"; }
            if(Held) { return Said("RESET", Reset) + ": nothing comes out"; }
            if(format != Format.Rgb565) { return Said("IMAGE_MODE", ImageMode) + ": " + Names[(int)format] + " comes out, not RGB565"; }
            if(!pathOn) { return Said("CTRL0", Ctrl0) + ": the path of RGB is off, zeros come out"; }
            if(lowByteFirst) { return Said("IMAGE_MODE", ImageMode) + ": the low byte comes first"; }
            if(horizontal.Out != Side || vertical.Out != Side)
            {
                return string.Format("{0}, ZMOH 0x{1:X2}: {2} come out, not 96x96", Said("ZMOW", Zmow), dsp[Zmoh], size);
            }
            var mirror = string.Format("REG04 is 0x{0:X2}: ", sensor[Reg04]);
            if(horizontal.Reversed || vertical.Reversed) { return mirror + "the picture comes out mirrored"; }
            if(!(columnPhase && rowPhase)) { return mirror + "the colour phase is off, colours come out wrong"; }
            if(!horizontal.Places().SequenceEqual(Enumerable.Range(0, Side)) || !vertical.Places().SequenceEqual(Enumerable.Range(0, Side)))
            {
                return string.Format("{0}, VSIZE 0x{1:X2}: {2}x{3} at {4},{5} come out of {6}x{7}, not the middle square",
                    Said("HSIZE", Hsize), dsp[Vsize], horizontal.Taken, vertical.Taken, horizontal.Start, vertical.Start,
                    horizontal.Field, vertical.Field);
            }
            return "";
        }

        /// The bytes of one frame of a fed picture; before the exposure has settled it is dark.
        public byte[] Render(byte[] picture, int part, int whole)
        {
            int width = horizontal.Out, height = vertical.Out;
            if(!pathOn) { return new byte[width * height * (format == Format.Raw ? 1 : 2)]; }
            if(Objection() == "" && part == whole) { return picture; }
            FindColours(picture, part, whole);
            if(format == Format.Raw) { return Mosaic(); }
            PutOutOfPhase();
            return format == Format.Rgb565 ? Rgb() : Yuv();
        }

        private string Said(string name, int register)
        {
            return string.Format("{0} is 0x{1:X2}", name, dsp[register]);
        }

        private void FindSpans()
        {
            var mode = Modes[sensor[Com7] >> 4 & 7] ?? Modes[0];
            int width = mode[0], height = mode[1];
            var left = Math.Max(0, (sensor[Hrefst] - 0x11) * 16);
            var top = Math.Max(0, (sensor[Vstrt] - mode[2]) * 8);
            var across = Math.Max(0, Math.Min((sensor[Hrefend] - sensor[Hrefst]) * 16, width - left));
            var down = Math.Max(0, Math.Min((sensor[Vend] - sensor[Vstrt]) * 8, height - top));
            int outWidth = across, outHeight = down;
            if(!bypass)
            {
                int high = dsp[Vhyx], low = dsp[Sizel];
                across = Math.Min(across, (low >> 6 & 1) << 11 | dsp[Hsize8] << 3 | low >> 3 & 7);
                down = Math.Min(down, dsp[Vsize8] << 3 | low & 7);
                int x = (high & 7) << 8 | dsp[Xoffl], y = (high >> 4 & 7) << 8 | dsp[Yoffl];
                var wide = ((dsp[Test] >> 7 & 1) << 9 | (high >> 3 & 1) << 8 | dsp[Hsize]) * 4;
                var tall = ((high >> 7 & 1) << 8 | dsp[Vsize]) * 4;
                across = Math.Max(0, Math.Min(wide, across - x));
                down = Math.Max(0, Math.Min(tall, down - y));
                left += x;
                top += y;
                outWidth = across;
                outHeight = down;
                if((dsp[Ctrl2] & 0x20) != 0)
                {
                    outWidth = Math.Min((dsp[Zmow] | (dsp[Zmhh] & 3) << 8) * 4, across >> (dsp[Ctrli] & 7) & ~1);
                    outHeight = Math.Min((dsp[Zmoh] | (dsp[Zmhh] >> 2 & 1) << 8) * 4, down >> (dsp[Ctrli] >> 3 & 7));
                }
            }
            var side = Math.Min(width, height);
            horizontal = new Span
            {
                Field = width, Start = left, Taken = across, Out = outWidth, Square = side, Reversed = (sensor[Reg04] & 0x80) != 0,
            };
            vertical = new Span
            {
                Field = height, Start = top, Taken = down, Out = outHeight, Square = side, Reversed = (sensor[Reg04] & 0x40) != 0,
            };
        }

        private void FindColours(byte[] picture, int part, int whole)
        {
            int[] columns = horizontal.Places(), rows = vertical.Places();
            int width = columns.Length, height = rows.Length;
            red = new int[height, width];
            green = new int[height, width];
            blue = new int[height, width];
            for(var y = 0; y < height; y++)
            {
                for(var x = 0; x < width; x++)
                {
                    var at = 2 * (rows[y] * Side + columns[x]);
                    var value = picture[at] << 8 | picture[at + 1];
                    int r = value >> 11, g = value >> 5 & 0x3F, b = value & 0x1F;
                    red[y, x] = (r << 3 | r >> 2) * part * part / (whole * whole);
                    green[y, x] = (g << 2 | g >> 4) * part / whole;
                    blue[y, x] = (b << 3 | b >> 2) * part * part / (whole * whole);
                }
            }
        }

        private byte[] Mosaic()
        {
            int width = horizontal.Out, row = rowPhase ? 0 : 1, column = columnPhase ? 0 : 1;
            var bytes = new byte[width * vertical.Out];
            for(var i = 0; i < bytes.Length; i++)
            {
                int y = i / width, x = i % width;
                var isBlueRow = y % 2 == row;
                var plane = isBlueRow != (x % 2 == column) ? green : isBlueRow ? blue : red;
                bytes[i] = (byte)plane[y, x];
            }
            return bytes;
        }

        private void PutOutOfPhase()
        {
            if(rowPhase && columnPhase) { return; }
            if(rowPhase == columnPhase)
            {
                var swapped = red;
                red = blue;
                blue = swapped;
                return;
            }
            var mixed = new int[vertical.Out, horizontal.Out];
            for(var y = 0; y < vertical.Out; y++)
            {
                for(var x = 0; x < horizontal.Out; x++) { mixed[y, x] = (red[y, x] + blue[y, x]) >> 1; }
            }
            red = green;
            blue = green;
            green = mixed;
        }

        private byte[] Rgb()
        {
            int width = horizontal.Out, first = lowByteFirst ? 1 : 0;
            var bytes = new byte[2 * width * vertical.Out];
            for(var i = 0; i < bytes.Length / 2; i++)
            {
                int y = i / width, x = i % width;
                var value = red[y, x] >> 3 << 11 | green[y, x] >> 2 << 5 | blue[y, x] >> 3;
                bytes[2 * i + first] = (byte)(value >> 8);
                bytes[2 * i + 1 - first] = (byte)value;
            }
            return bytes;
        }

        private byte[] Yuv()
        {
            int width = horizontal.Out, height = vertical.Out;
            int[,] luma = new int[height, width], u = new int[height, width / 2], v = new int[height, width / 2];
            for(var y = 0; y < height; y++)
            {
                for(var x = 0; x < width; x++)
                {
                    int r = red[y, x], g = green[y, x], b = blue[y, x];
                    luma[y, x] = 77 * r + 150 * g + 29 * b >> 8;
                    u[y, x / 2] += (-43 * r - 85 * g + 128 * b >> 8) + 128;
                    v[y, x / 2] += (128 * r - 107 * g - 21 * b >> 8) + 128;
                    if(x % 2 == 1)
                    {
                        u[y, x / 2] >>= 1;
                        v[y, x / 2] >>= 1;
                    }
                }
            }
            if(format == Format.Jpeg) { return BaselineJpeg.Encode(luma, u, v, Math.Max((byte)1, dsp[Qs])); }
            var vFirst = (dsp[Ctrl0] & 0x10) != 0;
            var bright = lowByteFirst ? 0 : 1;
            var bytes = new byte[2 * width * height];
            for(var i = 0; i < width * height; i++)
            {
                int y = i / width, x = i % width;
                bytes[2 * i + bright] = (byte)luma[y, x];
                bytes[2 * i + 1 - bright] = (byte)(x % 2 == 0 != vFirst ? u : v)[y, x / 2];
            }
            return bytes;
        }

        private readonly byte[] dsp, sensor;
        private readonly bool bypass, pathOn, lowByteFirst, columnPhase, rowPhase;
        private readonly Format format;
        private Span horizontal, vertical;
        private int[,] red, green, blue;

        private const int Side = 96;
        private const int RBypass = 0x05, Qs = 0x44, Ctrli = 0x50, Hsize = 0x51, Vsize = 0x52, Xoffl = 0x53, Yoffl = 0x54, Vhyx = 0x55;
        private const int Test = 0x57, Zmow = 0x5A, Zmoh = 0x5B, Zmhh = 0x5C, Ctrl2 = 0x86, Sizel = 0x8C, Hsize8 = 0xC0, Vsize8 = 0xC1;
        private const int Ctrl0 = 0xC2, ImageMode = 0xDA, Reset = 0xE0;
        private const int Reg04 = 0x04, Com7 = 0x12, Hrefst = 0x17, Hrefend = 0x18, Vstrt = 0x19, Vend = 0x1A;

        // In the order of IMAGE_MODE's bits, JPEG behind them.
        private enum Format { Yuv422, Raw, Rgb565, Reserved, Jpeg }

        private static readonly string[] Names = { "YUV422", "RAW", "RGB565", "a reserved format", "JPEG" };
        private static readonly int[] Paths = { 0x0C, 0x01, 0x02, 0xFF, 0x0C };
        private static readonly int[][] Modes =
        {
            new[] { 1600, 1200, 1 }, new[] { 400, 296, 0 }, null, null, new[] { 800, 600, 0 }, null, null, null,
        };

        /// One direction: the field of view, the part of it that is taken, what is made of that.
        private struct Span
        {
            public int Field, Start, Taken, Out, Square;
            public bool Reversed;

            public int[] Places()
            {
                var places = new int[Out];
                for(var i = 0; i < Out; i++)
                {
                    var at = 2L * Out * Start + (2 * i + 1) * Taken - (long)Out * (Field - Square);
                    var place = at < 0 ? 0 : (int)Math.Min(Side - 1, at * Side / (2 * Out * Square));
                    places[i] = Reversed ? Side - 1 - place : place;
                }
                return places;
            }
        }
    }
}
